"""Layers of a plan at a given input and C: shapes, parameters, multiply-accumulates, counted neurons."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from engine.blocks.registry import BLOCKS
from engine.blocks.wiring import Shape
from engine.errors import ConfigError, ShapeError
from engine.space.shapes import Input, LayerSpec, block_row
from engine.zoo.plans import Conv, Dense, Downsample, GlobalPool, Output, Plan, PlanLayer, Pool, Residual

MAX_CHANNELS = 1024
"""Upper bound of C: four times the largest C of the baselines, 256."""
SRB = BLOCKS["SRB_k3"]


def layer_specs(
    plan: Plan, data: Input | None = None, channels: int | None = None, neuron_parameters: int = 1
) -> list[LayerSpec]:
    """Every layer of a plan in order, at its own input and C unless others are given.

    `neuron_parameters` is 1 for PLIF (its w) and 0 for LIF, IF and ReLU.
    Raises ConfigError for C out of bounds, ShapeError naming the layer and its input size where it cannot be built.
    """
    return list(_walk(plan, data or plan.input, base_channels(plan, channels), neuron_parameters))


def base_channels(plan: Plan, channels: int | None) -> int:
    """C: the plan's own where None is given. Raises ConfigError outside 1…1024."""
    c = plan.channels if channels is None else channels
    if not 1 <= c <= MAX_CHANNELS:
        raise ConfigError([f"channels: must be from 1 to {MAX_CHANNELS}, got {c}"])
    return c


def padding(layer: Conv) -> int:
    """Zero padding of a convolution, in pixels on each side."""
    return layer.kernel // 2 if layer.padding is None else layer.padding


def _walk(plan: Plan, data: Input, c: int, w: int) -> Iterator[LayerSpec]:
    shape = (data.channels, data.height, data.width)
    numbers: Counter[str] = Counter()
    for layer in plan.layers:
        label = _label(layer)
        numbers[label] += 1
        unique = isinstance(layer, Output | GlobalPool | Downsample)
        row = _row(label if unique else f"{label} {numbers[label]}", layer, shape, c, data.classes, w)
        shape = row.shape
        yield row


def _label(layer: PlanLayer) -> str:
    match layer:
        case Conv():
            return "conv"
        case Residual():
            return "SRB"
        case Pool(kind):
            return f"{kind} pool"
        case GlobalPool():
            return "GAP"
        case Downsample():
            return "input pool"
        case Dense():
            return "FC"
        case Output():
            return "output"


def _row(name: str, layer: PlanLayer, shape: Shape, c: int, classes: int, w: int) -> LayerSpec:
    match layer:
        case Conv():
            return _conv_row(name, layer, shape, layer.width * c, w)
        case Residual(width, stride):
            return block_row(name, SRB, shape, width * c, stride, w)
        case Pool("max"):
            pooled = _pooled(name, "max_pool", shape, 2)
            return LayerSpec(name, "max_pool", pooled, 0, 0, _size(pooled))
        case Pool():
            pooled = _pooled(name, "avg_pool", shape, 2)
            return LayerSpec(name, "avg_pool", pooled, w, 0, _size(pooled))
        case GlobalPool():
            return LayerSpec(name, "gap", (shape[0], 1, 1), w, 0, shape[0])
        case Downsample(factor):
            return LayerSpec(name, "downsample", _pooled(name, "downsample", shape, factor), 0, 0, 0)
        case Dense(width, bias):
            return _dense_row(name, shape, width * c, bias, w)
        case Output(votes):
            return _dense_row(name, shape, votes * classes, False, w)


def _conv_row(name: str, layer: Conv, shape: Shape, c_out: int, w: int) -> LayerSpec:
    c_in, height, width = shape
    out_h, out_w = (size + 2 * padding(layer) - layer.kernel + 1 for size in (height, width))
    if min(out_h, out_w) < 1:
        raise ShapeError(
            f"layer {name} (conv {layer.kernel}×{layer.kernel}, padding {padding(layer)}): its input is "
            f"{height}×{width}; it needs at least {layer.kernel - 2 * padding(layer)} pixels each way",
            name,
        )
    weights = layer.kernel**2 * c_in * c_out
    parameters = weights + (2 * c_out if layer.batch_norm else c_out) + w
    full = (c_out, out_h, out_w)
    out = _pooled(name, "conv with a pool before its neurons", full, 2) if layer.pool_first else full
    return LayerSpec(name, "conv", out, parameters, weights * out_h * out_w, _size(out))


def _dense_row(name: str, shape: Shape, outputs: int, bias: bool, w: int) -> LayerSpec:
    weights = _size(shape) * outputs
    return LayerSpec(name, "fc", (outputs, 1, 1), weights + (outputs if bias else 0) + w, weights, outputs)


def _pooled(name: str, kind: str, shape: Shape, factor: int) -> Shape:
    channels, height, width = shape
    if min(height, width) < factor:
        raise ShapeError(
            f"layer {name} ({kind}): its input is {height}×{width}; "
            f"a {factor}×{factor} pool needs at least {factor}×{factor}",
            name,
        )
    return (channels, height // factor, width // factor)


def _size(shape: Shape) -> int:
    return shape[0] * shape[1] * shape[2]
