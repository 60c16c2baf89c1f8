"""What drives what in a network: every layer of neurons and every pool, with the connections that lead into it.

A row of a ledger (engine.space.shapes) may hold several of them: a block has a layer of neurons inside.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import prod
from typing import Literal

from engine.blocks.registry import BLOCKS
from engine.blocks.wiring import Shape, layer_shapes
from engine.space.architecture import Architecture
from engine.space.macro import MacroArchitecture
from engine.space.shapes import Input, LayerSpec, PlacedBlock, layer_specs, place

INPUT = -1
"""The source of what reads the network's input."""


@dataclass(frozen=True)
class Connection:
    """What one convolution, linear layer, pool or shortcut brings to a layer.

    `source` is the place of the layer whose output it reads, INPUT for the network's. `operations` counts the products
    of one dense pass, per sample: those of weights and inputs, or the additions where there are no weights (a pool, a
    shortcut). `weights` are learned ones; `kernel` is C_out · k² of a convolution, 0 of any other.
    """

    kind: Literal["conv", "linear", "plain"]
    source: int
    inputs: int
    operations: int
    weights: int = 0
    kernel: int = 0


@dataclass(frozen=True)
class DataflowLayer:
    """One layer of neurons, or a max pool without (`neurons` False): its row, channels, output elements, and drives."""

    row: str
    channels: int
    elements: int
    drives: tuple[Connection, ...]
    neurons: bool = True

    @property
    def weighted(self) -> bool:
        """Whether a convolution or a linear layer drives it."""
        return any(drive.weights for drive in self.drives)

    @property
    def parameters(self) -> int:
        """Weights, and the bias of each channel that batch norm leaves when it is folded into them."""
        return sum(drive.weights for drive in self.drives) + self.channels * self.weighted


def dataflow(macro: MacroArchitecture, architecture: Architecture, data: Input) -> list[DataflowLayer]:
    """Every layer of neurons and every pool in order; none of a skip that passes its input on. Raises ShapeError."""
    rows = layer_specs(macro, architecture, data)
    strides = {str(i): layer.stride for i, layer in enumerate(macro.layers, 1)}
    found: list[DataflowLayer] = []
    before: Shape = (data.channels, data.height, data.width)
    for row in rows:
        last = len(found) - 1
        if row.block in BLOCKS:
            block = place(row.name, BLOCKS[row.block], before, row.shape[0], strides[row.name])
            found += _block(row.name, block, last)
        else:
            found.append(_fixed(row, before, last))
        before = row.shape
    return found


def _fixed(row: LayerSpec, before: Shape, source: int) -> DataflowLayer:
    """A layer that is not searched: a convolution 3×3, a pool, the output."""
    inputs, elements = prod(before), prod(row.shape)
    if row.block == "conv":
        weights = 9 * before[0] * row.shape[0]
        drive = Connection("conv", source, inputs, row.macs, weights, 9 * row.shape[0])
    elif row.block == "fc":
        drive = Connection("linear", source, inputs, row.macs, row.macs)
    else:
        drive = Connection("plain", source, inputs, inputs)
    return DataflowLayer(row.name, row.shape[0], elements, (drive,), neurons=row.block != "max_pool")


def _block(name: str, block: PlacedBlock, source: int) -> Iterator[DataflowLayer]:
    """The layers of neurons inside a block, whose input is the output of layer `source`."""
    shapes = [block.before, *layer_shapes(block.wiring, block.before)]
    for layer, made in zip(block.wiring, shapes[1:], strict=True):
        drives = [
            Connection(
                "conv", source + conv.source, prod(shapes[conv.source]), conv.weights * made[1] * made[2],
                conv.weights, conv.c_out * conv.kernel**2 // conv.groups,
            )
            for conv in layer.convolutions
        ]  # fmt: skip
        if layer.shortcut:
            drives.append(Connection("plain", source, prod(block.before), prod(block.before)))
        yield DataflowLayer(name, made[0], prod(made), tuple(drives))
