"""What each layer of a network is: shapes, parameters, multiply-accumulates, counted neurons. No torch.

The rows of this walk are the rows of every spike heatmap and ledger.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from engine.errors import ShapeError
from engine.space.architecture import Architecture
from engine.space.blocks import BLOCKS, Block
from engine.space.macro import Layer, MacroArchitecture

Shape = tuple[int, int, int]
"""Channels, height, width."""


@dataclass(frozen=True)
class Row:
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


def rows(macro: MacroArchitecture, architecture: Architecture, data: Input, neuron_parameters: int = 1) -> list[Row]:
    """Every layer in order: stem, extra stem, layers 1…n, global average pooling, output.

    `neuron_parameters` is 1 for PLIF (its w) and 0 for LIF, IF and ReLU.
    Raises ShapeError naming the layer and its input size where a layer cannot be built.
    """
    return list(_walk(macro, architecture, data, neuron_parameters))


def _walk(macro: MacroArchitecture, architecture: Architecture, data: Input, w: int) -> Iterator[Row]:
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
        yield Row("GAP", "gap", (channels, 1, 1), w, 0, channels)
        height = width = 1
    outputs = macro.votes_per_class * data.classes
    weights = channels * height * width * outputs
    yield Row("output", "fc", (outputs, 1, 1), weights + w, weights, outputs)


def _layer_row(name: str, layer: Layer, shape: Shape, blocks: Iterator[str], w: int) -> Row:
    if layer.kind == "search":
        block = BLOCKS[next(blocks)]
        return block_row(name, block, shape, layer.channels or shape[0], layer.stride, w)
    return _pool_row(name, layer.kind, shape, w if layer.kind == "avg_pool" else 0)


def _conv_row(name: str, shape: Shape, channels: int, w: int) -> Row:
    _, height, width = shape
    outputs = channels * height * width
    weights = 9 * shape[0] * channels
    return Row(name, "conv", (channels, height, width), weights + 2 * channels + w, weights * height * width, outputs)


def _pool_row(name: str, kind: str, shape: Shape, parameters: int) -> Row:
    channels, height, width = shape
    if height < 2 or width < 2:
        raise ShapeError(f"layer {name} ({kind}): its input is {height}×{width}; a 2×2 pool needs at least 2×2", name)
    pooled = (channels, height // 2, width // 2)
    outputs = channels * (height // 2) * (width // 2)
    return Row(name, kind, pooled, parameters, 0, outputs)


def block_row(name: str, block: Block, shape: Shape, channels: int, stride: int, w: int) -> Row:
    """The row of one searched block: input `shape`, `channels` out, `stride`."""
    if block.family == "skip":
        return _skip_row(name, block, shape, channels, stride, w)
    c_in, height, width = shape
    out_h, out_w = -(-height // stride), -(-width // stride)
    before, after = height * width, out_h * out_w
    k2 = block.kernel**2
    shortcut = _shortcut(block, c_in, channels, stride)
    if block.family in ("sib", "dsib"):
        mid = block.expansion * c_in
        spatial = k2 * mid * (mid if block.family == "sib" else 1)
        weights = c_in * mid + spatial + mid * channels
        inner = (spatial + mid * channels) * after
        macs = c_in * mid * before + inner
        outputs = mid * before + (mid + channels) * after
        parameters = weights + 4 * mid + 2 * channels + 3 * w
    else:
        weights = k2 * (c_in * channels + channels * channels)
        macs = weights * after
        inner = k2 * channels * channels * after
        outputs = 2 * channels * after
        parameters = weights + 4 * channels + 2 * w
    if shortcut:
        parameters += shortcut + 2 * channels
        macs += shortcut * after
    return Row(name, block.name, (channels, out_h, out_w), parameters, macs, outputs, inner)


def _shortcut(block: Block, c_in: int, channels: int, stride: int) -> int:
    """Weights of the 1×1 projection on the shortcut, 0 where it is an identity or absent."""
    if block.family == "srb":
        return 0 if stride == 1 and c_in == channels else c_in * channels
    if block.family in ("sib", "dsib"):
        return c_in * channels if stride == 1 and c_in != channels else 0
    return 0


def _skip_row(name: str, block: Block, shape: Shape, channels: int, stride: int, w: int) -> Row:
    c_in, height, width = shape
    if stride == 1 and c_in == channels:
        return Row(name, block.name, shape, 0, 0, 0)
    if stride == 2 and channels % 2:
        raise ShapeError(f"layer {name} (skip_connect, stride 2): output channels must be even, got {channels}", name)
    if stride == 2 and (height % 2 or width % 2):
        raise ShapeError(
            f"layer {name} (skip_connect, stride 2): its input is {height}×{width}; both must be even", name
        )
    out_h, out_w = height // stride, width // stride
    weights = c_in * channels
    outputs = channels * out_h * out_w
    return Row(name, block.name, (channels, out_h, out_w), weights + 2 * channels + w, weights * out_h * out_w, outputs)
