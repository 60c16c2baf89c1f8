"""The formats in which a trained network leaves: names, file suffixes, and what they cannot hold. No torch."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal, get_args

from engine.blocks.registry import BLOCKS, family_of
from engine.config.study import StudyConfig
from engine.exchange.nir_verdict import Choices, verdict

FormatName = Literal["nir", "onnx", "pt2", "spikingjelly"]
NAMES: tuple[FormatName, ...] = get_args(FormatName)


@dataclass(frozen=True)
class Format:
    """`refusals` says of a config and the blocks of its layers, each with its field, why none can be written."""

    name: FormatName
    label: str
    suffix: str
    holds: str
    refusals: Callable[[StudyConfig, Choices], tuple[str, ...]]

    def obstacles(self, config: StudyConfig, choices: Choices | None = None) -> tuple[str, ...]:
        """Why a network of the config's space, or of these choices alone, cannot be written; empty where it can."""
        return self.refusals(config, config.space.choices if choices is None else choices)


def _common(config: StudyConfig, choices: Choices) -> tuple[str, ...]:
    return tuple(_own_parts(config, choices))


def _own_parts(config: StudyConfig, choices: Choices) -> Iterator[str]:
    """What every format asks: spikes, by which an export is proven, and no module of one's own."""
    neuron = config.network.neuron.info
    if not neuron.spiking:
        yield f"network.neuron.kind: {neuron.title} fires no spikes, by which an export is proven"
    elif neuron.module is not None:
        yield f"network.neuron.kind: {neuron.title} is a module of its own"
    names = dict.fromkeys(name for blocks in choices for name in blocks)
    own = [name for name in names if family_of(BLOCKS[name]).module is not None]
    yield from (f"network.candidates: the block {name} is a module of its own" for name in own)


FORMATS: dict[FormatName, Format] = {
    found.name: found
    for found in (
        Format(
            "nir",
            "NIR",
            ".nir",
            "the graph for simulators and neuromorphic chips, in float64",
            lambda config, choices: verdict(config, choices).obstacles,
        ),
        Format("onnx", "ONNX", ".onnx", "two graphs for onnxruntime: one time step, and all T", _common),
        Format("pt2", "PyTorch pt2", ".pt2", "a program for PyTorch alone, for any batch size", _common),
        Format(
            "spikingjelly",
            "SpikingJelly",
            ".spikingjelly.zip",
            "readable code of SpikingJelly's layers, and weights",
            _common,
        ),
    )
}
"""In the order of a page."""
