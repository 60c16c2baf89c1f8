"""A user's own block families and neuron kind, from outside the engine, and their registration for one test."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from engine.blocks import registry as blocks
from engine.blocks.family import Block, BlockFamily, Fill, Look
from engine.blocks.wiring import ConvSpec, SpikingLayer, Wiring
from engine.config import own_datasets
from engine.config.algorithms import ALGORITHMS
from engine.config.catalog import CATALOG
from engine.config.objectives import OBJECTIVES
from engine.neurons import registry as neurons
from engine.neurons.kind import NeuronKind
from engine.parts.loading import LOADED
from engine.parts.register import Part, register
from engine.schema.own import SOURCES


def _two_paths(block: Block, c_in: int, c_out: int, stride: int) -> Wiring:
    wide = ConvSpec("wide", c_in, c_out, block.kernel, stride)
    narrow = ConvSpec("narrow", c_in, c_out, stride=stride)
    return (SpikingLayer("neuron", (wide, narrow)),)


TWO_PATHS = BlockFamily(
    name="two_paths",
    letter="T",
    label="k×k and 1×1 side by side",
    blocks=(Block("TPB_k3", "T3", "two_paths", 3),),
    wiring=_two_paths,
    look=Look({3: Fill("#aaddaa")}, arc=True),
)
"""All of it is said by its wiring, so the compiled back ends run it."""


def _one_convolution(block: Block, c_in: int, c_out: int, stride: int) -> Wiring:
    return (SpikingLayer("neuron", (ConvSpec("conv", c_in, c_out, block.kernel, stride),)),)


def _dilated(block: Block, c_in: int, c_out: int, stride: int, config: Any) -> Any:
    """conv k – BN – N, whose spikes then spread to their neighbours: a max-pool 3×3 of stride 1."""
    from torch import Tensor, nn
    from torch.nn import functional

    from engine.model.blocks import Counted, WiredBlock, over_time

    class Dilated(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.inner = WiredBlock(_one_convolution(block, c_in, c_out, stride), config)

        def forward(self, x: Tensor) -> Counted:
            spikes, counts = self.inner(x)
            return over_time(functional.max_pool2d(spikes.flatten(0, 1), 3, 1, 1), spikes), counts

    return Dilated()


DILATED = BlockFamily(
    name="dilated",
    letter="W",
    label="spikes spread to their neighbours",
    blocks=(Block("Dilated_k3", "W3", "dilated", 3),),
    wiring=_one_convolution,
    module=_dilated,
)
"""Its module is its own, so it runs in plain torch."""


def _every_other_step(config: Any) -> Any:
    import torch
    from torch import nn

    class EveryOtherStep(nn.Module):
        """Fires where the current reaches the threshold, at even time steps alone; its gradient is the current's."""

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            even = torch.arange(x.shape[0], device=x.device).view(-1, *[1] * (x.dim() - 1)) % 2 == 0
            spikes = ((x >= config.threshold) & even).to(x.dtype)
            return spikes + (x - x.detach())

    return EveryOtherStep()


EVERY_OTHER = NeuronKind(
    name="every_other", title="Every-other-step", label="Every other step", module=_every_other_step
)


@contextmanager
def registered(*found: Part) -> Iterator[None]:
    """Registered within; afterwards the registries are as they were, and files count as not loaded."""
    tables: list[dict[str, Any]] = [
        *(blocks.FAMILIES, blocks.BLOCKS, blocks.BY_CODE, neurons.NEURONS),
        *(ALGORITHMS, OBJECTIVES, CATALOG, own_datasets.OWN, SOURCES),
    ]
    before, loaded = [dict(table) for table in tables], set(LOADED)
    try:
        register(*found)
        yield
    finally:
        LOADED.clear()
        LOADED.update(loaded)
        for table, entries in zip(tables, before, strict=True):
            table.clear()
            table.update(entries)
