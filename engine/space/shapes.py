"""What each layer of a network is: shapes, parameters, multiply-accumulates, counted neurons.

The rows of this walk are the rows of every spike heatmap and ledger.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache

from engine.blocks.family import Block, Wire
from engine.blocks.registry import BLOCKS, family_of
from engine.blocks.wiring import ConvSpec, Shape, Wiring, fault, layer_shapes
from engine.errors import ShapeError
from engine.space.architecture import Architecture, SearchSpace
from engine.space.macro import Layer, MacroArchitecture


@dataclass(frozen=True)
class LayerSpec:
    """One layer of a network.

    `output_elements` is the number of counted ones per sample and time step: spikes N is a sum over them, and the
    firing rate is N ÷ (output elements · T). `macs` counts convolutions and linear layers, per sample and time step,
    with the positions of the padding; `inner_macs` of them read the row's own inner spikes, the others the row's input.
    """

    name: str
    block: str
    shape: Shape
    parameters: int
    macs: int
    output_elements: int
    inner_macs: int = 0


@dataclass(frozen=True)
class Input:
    """What a network is built for: one frame's shape and the number of classes."""

    channels: int
    height: int
    width: int
    classes: int


def described(spec: LayerSpec) -> dict[str, object]:
    """A layer as JSON values, as the commands `show` and `zoo` print it."""
    return {
        "name": spec.name,
        "block": spec.block,
        "shape": list(spec.shape),
        "parameters": spec.parameters,
        "macs": spec.macs,
        "neurons": spec.output_elements,
    }


def layer_specs(
    macro: MacroArchitecture, architecture: Architecture, data: Input, neuron_parameters: int = 1
) -> list[LayerSpec]:
    """Every layer in order: stem, extra stem, layers 1…n, global average pooling, output.

    `neuron_parameters` is 1 for PLIF (its w) and 0 for LIF, IF and ReLU.
    Raises ShapeError naming the layer and its input size where a layer cannot be built.
    """
    return list(_walk(macro, architecture, data, neuron_parameters))


def _walk(macro: MacroArchitecture, architecture: Architecture, data: Input, w: int) -> Iterator[LayerSpec]:
    row = _conv_row("stem", (data.channels, data.height, data.width), macro.stem_channels, w)
    yield row
    if macro.extra_stem != "none":
        row = _pool_row("stem pool 1", "max_pool", row.shape, 0)
        yield row
        row = _conv_row("stem conv", row.shape, macro.stem_channels, w)
        yield row
    if macro.extra_stem == "pool_conv_pool":
        row = _pool_row("stem pool 2", "max_pool", row.shape, 0)
        yield row
    blocks = iter(architecture.blocks)
    for number, layer in enumerate(macro.layers, 1):
        row = _layer_row(str(number), layer, row.shape, blocks, w)
        yield row
    channels, height, width = row.shape
    if macro.global_average_pooling:
        yield LayerSpec("GAP", "gap", (channels, 1, 1), w, 0, channels)
        height = width = 1
    outputs = macro.votes_per_class * data.classes
    weights = channels * height * width * outputs
    yield LayerSpec("output", "fc", (outputs, 1, 1), weights + w, weights, outputs)


def _layer_row(name: str, layer: Layer, shape: Shape, blocks: Iterator[str], w: int) -> LayerSpec:
    if layer.kind == "search":
        block = BLOCKS[next(blocks)]
        return block_row(name, block, shape, layer.channels or shape[0], layer.stride, w)
    return _pool_row(name, layer.kind, shape, w if layer.kind == "avg_pool" else 0)


def _conv_row(name: str, shape: Shape, channels: int, w: int) -> LayerSpec:
    _, height, width = shape
    outputs = channels * height * width
    weights = 9 * shape[0] * channels
    return LayerSpec(
        name, "conv", (channels, height, width), weights + 2 * channels + w, weights * height * width, outputs
    )


def _pool_row(name: str, kind: str, shape: Shape, parameters: int) -> LayerSpec:
    channels, height, width = shape
    if height < 2 or width < 2:
        raise ShapeError(f"layer {name} ({kind}): its input is {height}×{width}; a 2×2 pool needs at least 2×2", name)
    pooled = (channels, height // 2, width // 2)
    outputs = channels * (height // 2) * (width // 2)
    return LayerSpec(name, kind, pooled, parameters, 0, outputs)


@dataclass(frozen=True)
class PlacedBlock:
    """A candidate block where it stands: in layer `name`, from an input `before` to so many `channels`."""

    name: str
    block: Block
    before: Shape
    channels: int
    stride: int

    def __post_init__(self) -> None:
        """Raises ShapeError naming layer, block and stride where the block cannot be built here."""
        refused = family_of(self.block).refusal(self.block, self.before, self.channels, self.stride)
        if reason := refused or fault(self.wiring, self.before, self.after):
            raise ShapeError(f"layer {self.name} ({self.block.name}, stride {self.stride}): {reason}", self.name)

    @property
    def after(self) -> Shape:
        """The shape of its output."""
        return self.channels, -(-self.before[1] // self.stride), -(-self.before[2] // self.stride)

    @cached_property
    def wiring(self) -> Wiring:
        return family_of(self.block).wiring(self.block, self.before[0], self.channels, self.stride)

    @cached_property
    def convolutions(self) -> list[tuple[ConvSpec, Shape]]:
        """Every convolution with the shape of its output."""
        shapes = layer_shapes(self.wiring, self.before)
        return [(conv, made) for layer, made in zip(self.wiring, shapes, strict=True) for conv in layer.convolutions]

    @property
    def compiles(self) -> bool:
        """Whether the compiled back ends know it."""
        return family_of(self.block).compiles(self.wiring)

    def row(self, neuron_parameters: int) -> LayerSpec:
        """What the block adds to a network."""
        shapes = layer_shapes(self.wiring, self.before)
        work = [(conv, conv.weights * made[1] * made[2]) for conv, made in self.convolutions]
        return LayerSpec(
            self.name,
            self.block.name,
            self.after,
            sum(conv.weights + 2 * conv.c_out for conv, _ in work) + neuron_parameters * len(shapes),
            sum(macs for _, macs in work),
            sum(channels * height * width for channels, height, width in shapes),
            sum(macs for conv, macs in work if conv.source),
        )


def place(name: str, block: Block, before: Shape, channels: int, stride: int) -> PlacedBlock:
    """A block in its place, remembered: an estimate walks through one space several times. Raises ShapeError."""
    return _placed(family_of(block).wiring, name, block, before, channels, stride)


@lru_cache(maxsize=4096)
def _placed(wire: Wire, name: str, block: Block, before: Shape, channels: int, stride: int) -> PlacedBlock:
    """`wire` tells families apart that were registered under one name, one after another."""
    return PlacedBlock(name, block, before, channels, stride)


def block_row(name: str, block: Block, shape: Shape, channels: int, stride: int, w: int) -> LayerSpec:
    """The row of one searched block: input `shape`, `channels` out, `stride`."""
    return place(name, block, shape, channels, stride).row(w)


def walk(space: SearchSpace, data: Input, neuron_parameters: int = 1) -> list[LayerSpec | list[PlacedBlock]]:
    """Every layer in order: its row, or where it is searched all its candidate blocks.

    One walk finds them all: whichever candidates come before a layer, its input has the same shape.
    """
    searched = {str(i): layer for i, layer in enumerate(space.macro.layers, 1) if layer.kind == "search"}
    found: list[LayerSpec | list[PlacedBlock]] = []
    names = iter(space.choices)
    before: Shape = (data.channels, data.height, data.width)
    for row in layer_specs(space.macro, space.at(0), data, neuron_parameters):
        if (layer := searched.get(row.name)) is None:
            found.append(row)
        else:
            to, stride = layer.channels or before[0], layer.stride
            found.append([place(row.name, BLOCKS[name], before, to, stride) for name in next(names)])
        before = row.shape
    return found


def every_choice(
    space: SearchSpace, data: Input, neuron_parameters: int = 1
) -> tuple[list[LayerSpec], list[list[PlacedBlock]]]:
    """The rows every path has, and for each searched layer all its candidate blocks."""
    layers = walk(space, data, neuron_parameters)
    fixed = [layer for layer in layers if isinstance(layer, LayerSpec)]
    return fixed, [layer for layer in layers if not isinstance(layer, LayerSpec)]
