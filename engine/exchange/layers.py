"""A trained network as a list of layers, each driven by earlier spikes: what every format is written from."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import cast

import torch
from torch import Tensor, nn

from engine.blocks.wiring import ConvSpec, Shape, layer_shapes
from engine.errors import ExportError
from engine.model.blocks import (
    AvgPool,
    BatchNorm,
    ConvBN,
    ConvNeuron,
    FactorizedReduction,
    GlobalAvgPool,
    Identity,
    MaxPool,
    WiredBlock,
)
from engine.model.network import Classifier, SpikingNetwork
from engine.model.neurons import Neuron
from engine.space.shapes import LayerSpec


@dataclass(frozen=True)
class Convolution:
    """A convolution without bias, then batch norm; `weight` is [C_out, C_in ÷ groups, k, k]."""

    name: str
    source: int
    weight: Tensor
    norm: BatchNorm
    stride: int
    padding: int
    groups: int

    def folded(self) -> tuple[Tensor, Tensor]:
        """Weight [C_out, C_in ÷ groups, k, k] and bias [C_out] with the batch norm's running statistics in them.

        In float64: folding in float32 would move potentials by more than a convolution rounds.
        """
        mean, var = cast(Tensor, self.norm.running_mean).double(), cast(Tensor, self.norm.running_var).double()
        scale = self.norm.weight.detach().double() / torch.sqrt(var + self.norm.eps)  # [C_out]
        return self.weight.double() * scale.view(-1, 1, 1, 1), self.norm.bias.detach().double() - mean * scale


@dataclass(frozen=True)
class Dense:
    """Flatten, then a linear layer without bias; `weight` is [outputs, features]."""

    name: str
    source: int
    weight: Tensor


@dataclass(frozen=True)
class Average:
    """The mean over squares, or over the whole map; `kernel` is its height and width."""

    name: str
    source: int
    kernel: tuple[int, int]


@dataclass(frozen=True)
class Shortcut:
    """Spikes as they are."""

    source: int


Drive = Convolution | Dense | Average | Shortcut


@dataclass(frozen=True)
class Neurons:
    """H = V + a·(X − V), or V + X where `decay` a is None; a spike where H ≥ `threshold`, then the reset.

    `weight` is PLIF's learned w [], of which a = σ(w). `surrogate` and its sharpness `alpha` are of the gradient alone.
    """

    decay: float | None
    weight: Tensor | None
    threshold: float
    soft: bool
    surrogate: str
    alpha: float


@dataclass(frozen=True)
class Spiking:
    """Neurons driven by the sum of `drives`; `row` is the network's layer that counts their spikes."""

    name: str
    row: int
    shape: Shape
    drives: tuple[Drive, ...]
    neurons: Neurons


@dataclass(frozen=True)
class Pooled:
    """2×2 max-pool of the spikes of `source`: a spike where any of the four is one."""

    name: str
    row: int
    shape: Shape
    source: int


Layer = Spiking | Pooled


@dataclass(frozen=True)
class Layers:
    """`source` 0 is the input, k the output of the k-th layer; the last layer holds the voting neurons.

    `input` is [C, H, W] of a frame. `frames`: the input is one frame a time step, else one image for all of them.
    """

    input: Shape
    frames: bool
    time_steps: int
    classes: int
    votes_per_class: int
    rows: tuple[str, ...]
    layers: tuple[Layer, ...]

    def shape_of(self, source: int) -> Shape:
        return self.layers[source - 1].shape if source else self.input

    def name_of(self, source: int) -> str:
        return self.layers[source - 1].name if source else "input"


def layers_of(network: SpikingNetwork, *, frames: bool) -> Layers:
    """The layers of a network that holds one architecture, in the order in which it emits spikes.

    Raises ExportError naming a layer that is a module of its own.
    """
    path, config = network.only_architecture, network.config
    rows, own = network.layer_specs(path), config.input
    shape: Shape = (own.channels, own.height, own.width)
    found: list[Layer] = []
    for number, (stage, row) in enumerate(zip(network.stages(path), rows, strict=True)):
        found += _Stage(prefix_of(row.name), number, row, len(found), shape).layers(cast(nn.Module, stage))
        shape = row.shape
    names = tuple(row.name for row in rows)
    steps = config.network.time_steps
    return Layers(
        (own.channels, own.height, own.width), frames, steps, own.classes, network.votes_per_class, names, tuple(found)
    )


def prefix_of(row: str) -> str:
    """What the names of a row's layers begin with, as identifiers: `layer3`, `stem_pool_1`, `gap`."""
    return f"layer{row}" if row.isdecimal() else identifier(row.lower())


def identifier(text: str) -> str:
    return re.sub(r"\W", "_", text)


@dataclass(frozen=True)
class _Stage:
    """One row of the network where it stands: its input is the output of layer `source`, of shape `before`."""

    prefix: str
    number: int
    row: LayerSpec
    source: int
    before: Shape

    def layers(self, stage: nn.Module) -> Iterator[Layer]:
        match stage:
            case Identity():
                return
            case MaxPool():
                yield Pooled(self.prefix, self.number, self.row.shape, self.source)
            case WiredBlock():
                yield from self._wired(stage)
            case ConvNeuron() | FactorizedReduction() | AvgPool() | GlobalAvgPool() | Classifier():
                name = f"{self.prefix}_neurons"
                yield Spiking(name, self.number, self.row.shape, (self._drive(stage),), self._neurons(stage.neuron))
            case _:
                raise ExportError(f"layer {self.row.name} ({self.row.block}) is a module of its own")

    def _drive(self, stage: nn.Module) -> Drive:
        """What drives the neurons of a stage that has one layer of them."""
        match stage:
            case ConvNeuron():
                return self._convolution("conv", self.source, stage.conv)
            case FactorizedReduction():
                return self._halves(stage)
            case Classifier():
                return Dense(f"{self.prefix}_linear", self.source, stage.linear.weight.detach())
            case AvgPool():
                return Average(f"{self.prefix}_pool", self.source, (2, 2))
            case _:
                return Average(f"{self.prefix}_pool", self.source, self.before[1:])

    def _wired(self, block: WiredBlock) -> Iterator[Layer]:
        """The block's layers follow its input in the list, so that source k of a wiring is `self.source` + k."""
        for layer, shape in zip(block.wiring, layer_shapes(block.wiring, self.before), strict=True):
            drives: tuple[Drive, ...] = tuple(self._of_wiring(conv, block) for conv in layer.convolutions)
            drives += (Shortcut(self.source),) if layer.shortcut else ()
            name = f"{self.prefix}_{identifier(layer.name)}"
            yield Spiking(name, self.number, shape, drives, self._neurons(block.neurons_of(layer)))

    def _of_wiring(self, conv: ConvSpec, block: WiredBlock) -> Convolution:
        return self._convolution(identifier(conv.name), self.source + conv.source, block.convolution_of(conv))

    def _convolution(self, name: str, source: int, module: ConvBN) -> Convolution:
        conv = module.conv
        (stride, _), (padding, _) = conv.stride, cast(tuple[int, int], conv.padding)
        weight = conv.weight.detach()
        return Convolution(f"{self.prefix}_{name}", source, weight, module.bn, stride, padding, conv.groups)

    def _halves(self, skip: FactorizedReduction) -> Convolution:
        """Both 1×1 convolutions as one 2×2: the even pixels are its first corner, the odd ones its last."""
        even, odd = skip.even.weight.detach(), skip.odd.weight.detach()
        weight = even.new_zeros(len(even) + len(odd), even.shape[1], 2, 2)
        weight[: len(even), :, 0, 0] = even[:, :, 0, 0]
        weight[len(even) :, :, 1, 1] = odd[:, :, 0, 0]
        return Convolution(f"{self.prefix}_reduce", self.source, weight, skip.bn, 2, 0, 1)

    def _neurons(self, module: nn.Module) -> Neurons:
        if not isinstance(module, Neuron) or module.own is not None:
            raise ExportError(f"layer {self.row.name}: its neurons are a module of their own")
        decay = module.decay(torch.zeros((), dtype=torch.float64))
        if module.w is not None:
            decay = torch.sigmoid(module.w.detach().double())
        weight = None if module.w is None else module.w.detach()
        threshold, soft, surrogate, alpha = module.constants
        return Neurons(None if decay is None else decay.item(), weight, threshold, soft, surrogate, alpha)
