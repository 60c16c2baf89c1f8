"""What a stage of a network is to the kernels: convolutions, sums and neurons; the modules keep the weights."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch.nn.functional as F
from torch import Tensor, nn

from engine.backends.layout import LANES
from engine.blocks.wiring import ConvSpec, compiles
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
from engine.model.network import Classifier, Stage
from engine.model.neurons import Neuron


@dataclass(frozen=True)
class Taps:
    """A convolution's geometry: output pixel (y, x) reads input pixel (y·stride + dy, x·stride + dx)."""

    dy: tuple[int, ...]
    dx: tuple[int, ...]
    stride: int

    @classmethod
    def square(cls, kernel: int, stride: int) -> Taps:
        """k×k with padding k//2, in the order of a weight's last two dimensions."""
        reach = range(-(kernel // 2), kernel - kernel // 2)
        pairs = [(dy, dx) for dy in reach for dx in reach]
        return cls(tuple(y for y, _ in pairs), tuple(x for _, x in pairs), stride)

    def output_size(self, height: int, width: int) -> tuple[int, int]:
        return -(-height // self.stride), -(-width // self.stride)


@dataclass(frozen=True)
class Convolution:
    """One convolution, or the two halves of a factorised reduction: each its own taps, its own output channels."""

    modules: tuple[nn.Conv2d, ...]
    norm: BatchNorm
    source: int
    """Which spikes it reads: 0 the block's input, k the block's k-th neurons."""

    @property
    def taps(self) -> Taps:
        if len(self.modules) == 2:
            return Taps((0, 1), (0, 1), 2)
        return Taps.square(self.modules[0].kernel_size[0], self.modules[0].stride[0])

    @property
    def channels(self) -> int:
        return sum(module.out_channels for module in self.modules)

    def weights(self) -> Tensor:
        """[taps, input channels, output channels], both padded to 16."""
        parts = [module.weight.detach() for module in self.modules]
        c_in = parts[0].shape[1]
        if len(parts) == 2:
            made = parts[0].new_zeros(2, c_in, self.channels)
            half = parts[0].shape[0]
            made[0, :, :half], made[1, :, half:] = parts[0][:, :, 0, 0].T, parts[1][:, :, 0, 0].T
        else:
            made = parts[0].permute(2, 3, 1, 0).reshape(-1, c_in, self.channels)
        return F.pad(made, (0, -self.channels % LANES, 0, -c_in % LANES)).contiguous()

    def parameters(self) -> list[Tensor]:
        """The modules' weights [C_out, C_in, k, k], then scale and shift [C_out] of the norm."""
        return [*(module.weight for module in self.modules), *_affine(self.norm)]

    def gradients(self, grad: Tensor) -> list[Tensor]:
        """The modules' weight gradients [C_out, C_in, k, k] of one shaped as `weights`."""
        c_in = self.modules[0].in_channels
        cut = grad[:, :c_in, : self.channels]
        if len(self.modules) == 2:
            half = self.modules[0].out_channels
            return [part.T.reshape(-1, c_in, 1, 1).contiguous() for part in (cut[0, :, :half], cut[1, :, half:])]
        kernel = self.modules[0].kernel_size
        return [cut.reshape(*kernel, c_in, self.channels).permute(3, 2, 0, 1).contiguous()]


@dataclass(frozen=True)
class NeuronLayer:
    """Neurons behind one or two convolutions, with spikes of the block's input added where `shortcut`."""

    convolutions: tuple[Convolution, ...]
    neuron: Neuron
    shortcut: bool = False

    def parameters(self) -> list[Tensor]:
        """Those of its convolutions, then the neurons' w [] where it is learned."""
        return [*(p for conv in self.convolutions for p in conv.parameters()), *self.neuron.parameters()]


@dataclass(frozen=True)
class Stem:
    """The first convolution, of real-valued input."""

    conv: nn.Conv2d
    norm: BatchNorm
    neuron: Neuron
    time_steps: int

    def steps(self, frames: int) -> int:
        """How long the neurons run: as long as there are frames; a single one drives them at every time step."""
        return self.time_steps if frames == 1 else frames

    def parameters(self) -> list[Tensor]:
        """The weights [C_out, C_in, 3, 3], scale and shift [C_out], then the neurons' w [] where it is learned."""
        return [self.conv.weight, *_affine(self.norm), *self.neuron.parameters()]


@dataclass(frozen=True)
class Pool:
    """2×2 max-pool."""

    def parameters(self) -> list[Tensor]:
        """An empty list: a pool learns nothing."""
        return []


@dataclass(frozen=True)
class Average:
    """Neurons behind the mean over 2×2 windows, or over the whole map."""

    neuron: Neuron
    whole: bool

    def parameters(self) -> list[Tensor]:
        """The neurons' w [] where it is learned."""
        return list(self.neuron.parameters())

    def window(self, height: int, width: int) -> tuple[int, int]:
        return (height, width) if self.whole else (2, 2)


@dataclass(frozen=True)
class Output:
    """Linear layer and neurons."""

    linear: nn.Linear
    neuron: Neuron

    def parameters(self) -> list[Tensor]:
        """The weights [outputs, C·H·W], then the neurons' w [] where it is learned."""
        return [self.linear.weight, *self.neuron.parameters()]

    def weights(self, channels: int, height: int, width: int) -> Tensor:
        """[outputs padded, H·W·channels padded], as they lie in memory. Raises RuntimeError for another size."""
        outputs = self.linear.out_features
        weight = self.linear.weight.detach().view(outputs, channels, height, width).permute(0, 2, 3, 1)
        padded = F.pad(weight, (0, -channels % LANES, 0, 0, 0, 0, 0, -outputs % LANES))
        return padded.reshape(len(padded), -1).contiguous()

    def gradient(self, grad: Tensor, channels: int, height: int, width: int) -> Tensor:
        """The linear layer's gradient [outputs, C·H·W] of one shaped as `weights`."""
        cut = grad.view(len(grad), height, width, -1)[: self.linear.out_features, :, :, :channels]
        return cut.permute(0, 3, 1, 2).reshape(self.linear.weight.shape).contiguous()


Step = NeuronLayer | Stem | Pool | Average | Output
Steps = tuple[Step, ...]
"""One stage: its steps in order; none where spikes pass through."""


class Plans:
    """The stages of a network for the kernels, each looked at once: few stages make millions of paths."""

    def __init__(self) -> None:
        self.known: dict[int, tuple[Stage, Steps | None]] = {}

    def of(self, path: Sequence[Stage]) -> list[Steps] | None:
        """The steps of a path's stages; None where one is not the kernels' (ReLU, depth-wise, a baseline's)."""
        steps = [self._steps(stage, place == 0) for place, stage in enumerate(path)]
        known = [found for found in steps if found is not None]
        ends = len(known) == len(steps) and isinstance(known[-1][-1] if known[-1] else None, Output)
        return known if ends and isinstance(known[0][0] if known[0] else None, Stem) else None

    def _steps(self, stage: Stage, first: bool) -> Steps | None:
        if id(stage) not in self.known:  # kept with its stage, so that no other gets its number
            self.known[id(stage)] = (stage, _steps(stage, first))
        return self.known[id(stage)][1]


def _steps(stage: Stage, first: bool) -> Steps | None:
    if first:
        return _stem(stage)
    match stage:
        case Identity():
            return ()
        case MaxPool():
            return (Pool(),)
        case AvgPool() | GlobalAvgPool() if known(stage.neuron):
            return (Average(stage.neuron, isinstance(stage, GlobalAvgPool)),)
        case Classifier(neuron=Neuron() as neuron) if known(neuron):
            return (Output(stage.linear, neuron),)
        case ConvNeuron() if known(stage.neuron):
            return (NeuronLayer((_convolution(stage.conv, 0),), stage.neuron),)
        case FactorizedReduction() if known(stage.neuron):
            return (NeuronLayer((Convolution((stage.even, stage.odd), stage.bn, 0),), stage.neuron),)
        case WiredBlock():
            return _wired(stage)
    return None


def _affine(norm: BatchNorm) -> list[Tensor]:
    return [norm.weight, norm.bias]


def known(neuron: Neuron) -> bool:
    """Whether the compiled back ends run its kind."""
    return neuron.config.info.compiles


def _stem(stage: Stage) -> Steps | None:
    if isinstance(stage, ConvNeuron) and known(stage.neuron):
        return (Stem(stage.conv.conv, stage.conv.bn, stage.neuron, stage.time_steps),)
    return None


def _convolution(module: ConvBN, source: int) -> Convolution:
    return Convolution((module.conv,), module.bn, source)


def _wired(block: WiredBlock) -> Steps | None:
    """A step for each layer of neurons; None where the kernels do not know the wiring or the neurons."""
    layers = [(layer, block.neurons_of(layer)) for layer in block.wiring]
    if not compiles(block.wiring) or not all(known(neuron) for _, neuron in layers):
        return None
    return tuple(
        NeuronLayer(tuple(_read(block, conv) for conv in layer.convolutions), neuron, layer.shortcut)
        for layer, neuron in layers
    )


def _read(block: WiredBlock, conv: ConvSpec) -> Convolution:
    return _convolution(block.convolution_of(conv), conv.source)
