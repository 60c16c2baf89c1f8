"""Whether a study's networks can be written in NIR, the Neuromorphic Intermediate Representation.

NIR 1.0 has convolutions (with groups), linear layers, sum and average pools, Threshold, LIF and IF with a reset
potential, and graphs that join by adding. It has no batch norm, no max-pool, no concatenation, no reset by
subtraction and no ReLU. What a rewrite replaces exactly is told as a rewrite; `tests/engine/exchange` computes each.
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


Choices = tuple[tuple[str, ...], ...]
"""The blocks that each searched layer may have; one a layer for a single architecture."""


def verdict(config: StudyConfig, choices: Choices | None = None) -> Verdict:
    """The verdict on every architecture of a config's space, or of these choices alone."""
    asked = config.space.choices if choices is None else choices
    return Verdict(tuple(_obstacles(config, asked)), tuple(_rewrites(config, asked)), tuple(_notes(config, asked)))


def _obstacles(config: StudyConfig, choices: Choices) -> Iterator[str]:
    neuron = config.network.neuron
    if obstacle := neuron.info.not_in_nir:
        yield f"network.neuron.kind: {obstacle}"
    elif neuron.reset == "soft":
        yield "network.neuron.reset: NIR's neurons reset to a potential; soft reset subtracts the threshold"
    yield from (f"network.candidates: {obstacle}" for obstacle in _of_blocks(config, choices, "obstacle"))


def _rewrites(config: StudyConfig, choices: Choices) -> Iterator[str]:
    macro = config.network.macro
    yield "batch norm is folded into its convolution"
    if macro.extra_stem != "none" or any(layer.kind == "max_pool" for layer in macro.layers):
        yield "a max-pool of spikes becomes neurons of threshold 1/8 after an average-pool, firing where any spike is"
    yield from _of_blocks(config, choices, "rewrite")
    if rewrite := config.network.neuron.info.nir_rewrite:
        yield rewrite


def _notes(config: StudyConfig, choices: Choices) -> Iterator[str]:
    yield from _of_blocks(config, choices, "note")
    yield "NIR fires above the threshold, this engine at or above it: a file has the next lower number as threshold"
    yield "NIR names no class: the answer is the class of most votes, of equally many the one of lowest index"


def _of_blocks(config: StudyConfig, choices: Choices, kind: Literal["obstacle", "rewrite", "note"]) -> Iterator[str]:
    """What the families say of the candidates, each at the strides it may stand at, and each sentence once."""
    searched = (layer for layer in config.network.macro.layers if layer.kind == "search")
    pairs = zip(searched, choices, strict=True)
    facts = (family_of(BLOCKS[name]).nir_facts(layer.stride) for layer, blocks in pairs for name in blocks)
    yield from dict.fromkeys(text for one in facts if (text := getattr(one, kind)))
