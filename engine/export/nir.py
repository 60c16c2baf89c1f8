"""Whether a study's networks can be written in NIR, the Neuromorphic Intermediate Representation. No torch.

NIR 1.0 has convolutions (with groups), linear layers, sum and average pools, Threshold, LIF and IF with a reset
potential, and graphs that join by adding. It has no batch norm, no max-pool, no concatenation, no reset by
subtraction and no ReLU. What a rewrite replaces exactly is told as a rewrite; `tests/engine/export/test_nir.py`
computes each.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from engine.config.study import StudyConfig
from engine.space.blocks import BLOCKS


@dataclass(frozen=True)
class Verdict:
    """`obstacles` say why not, each with its field; `rewrites` what stands for what NIR lacks; `notes` what to know."""

    obstacles: tuple[str, ...]
    rewrites: tuple[str, ...]
    notes: tuple[str, ...]

    @property
    def expressible(self) -> bool:
        """Whether every architecture of the space can be written."""
        return not self.obstacles


def verdict(config: StudyConfig) -> Verdict:
    """The verdict on every architecture of a config's space."""
    return Verdict(tuple(_obstacles(config)), tuple(_rewrites(config)), tuple(_notes(config)))


def _obstacles(config: StudyConfig) -> Iterator[str]:
    neuron = config.network.neuron
    if neuron.kind == "relu":
        yield "network.neuron.kind: NIR has no ReLU, and max-pools are only rewritten on spikes"
    elif neuron.reset == "soft":
        yield "network.neuron.reset: NIR's neurons reset to a potential; soft reset subtracts the threshold"


def _rewrites(config: StudyConfig) -> Iterator[str]:
    macro = config.network.macro
    yield "batch norm is folded into its convolution"
    if macro.extra_stem != "none" or any(layer.kind == "max_pool" for layer in macro.layers):
        yield "a max-pool of spikes becomes a threshold at 0.5 after a sum-pool"
    if _strided_skip(config):
        yield "a skip of stride 2 becomes one 2×2 convolution of stride 2"
    if config.network.neuron.kind == "plif":
        yield "PLIF becomes LIF with the time constant it learned"


def _notes(config: StudyConfig) -> Iterator[str]:
    if any(BLOCKS[name].family == "dsib" for blocks in config.space.choices for name in blocks):
        yield "DSIB needs grouped convolutions, which NIR has and some exporters (SpikingJelly's) refuse"
    yield "NIR fires above the threshold, this engine at or above it: equal but for a potential exactly on it"


def _strided_skip(config: StudyConfig) -> bool:
    """Whether some searched layer of stride 2 may be a skip."""
    searched = (layer for layer in config.network.macro.layers if layer.kind == "search")
    return any(
        layer.stride == 2 and "skip_connect" in blocks
        for layer, blocks in zip(searched, config.space.choices, strict=True)
    )
