"""Whether a study's networks can be written in NIR, the Neuromorphic Intermediate Representation.

NIR 1.0 has convolutions (with groups), linear layers, sum and average pools, Threshold, LIF and IF with a reset
potential, and graphs that join by adding. It has no batch norm, no max-pool, no concatenation, no reset by
subtraction and no ReLU. What a rewrite replaces exactly is told as a rewrite; `tests/engine/export/test_nir.py`
computes each.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from engine.blocks.registry import BLOCKS, family_of
from engine.config.study import StudyConfig


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
    if obstacle := neuron.info.not_in_nir:
        yield f"network.neuron.kind: {obstacle}"
    elif neuron.reset == "soft":
        yield "network.neuron.reset: NIR's neurons reset to a potential; soft reset subtracts the threshold"
    yield from (f"network.candidates: {obstacle}" for obstacle in _of_blocks(config, "obstacle"))


def _rewrites(config: StudyConfig) -> Iterator[str]:
    macro = config.network.macro
    yield "batch norm is folded into its convolution"
    if macro.extra_stem != "none" or any(layer.kind == "max_pool" for layer in macro.layers):
        yield "a max-pool of spikes becomes a threshold at 0.5 after a sum-pool"
    yield from _of_blocks(config, "rewrite")
    if rewrite := config.network.neuron.info.nir_rewrite:
        yield rewrite


def _notes(config: StudyConfig) -> Iterator[str]:
    yield from _of_blocks(config, "note")
    yield "NIR fires above the threshold, this engine at or above it: equal but for a potential exactly on it"
    yield "NIR names no class: the answer is the class of most votes, of equally many the one of lowest index"


def _of_blocks(config: StudyConfig, kind: Literal["obstacle", "rewrite", "note"]) -> Iterator[str]:
    """What the families say of the candidates, each at the strides it may stand at, and each sentence once."""
    searched = (layer for layer in config.network.macro.layers if layer.kind == "search")
    pairs = zip(searched, config.space.choices, strict=True)
    facts = (family_of(BLOCKS[name]).nir_facts(layer.stride) for layer, blocks in pairs for name in blocks)
    yield from dict.fromkeys(text for one in facts if (text := getattr(one, kind)))
