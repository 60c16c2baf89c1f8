"""Evaluation by the C++ kernels: batch norm is folded into weight tables, stages exchange spikes as bits."""

from __future__ import annotations

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from engine.backends.cpu.library import CNeuron, Library, Part, Term, c_neuron, padded
from engine.backends.layout import LANES, groups_of
from engine.backends.plan import Average, Convolution, NeuronLayer, Output, Pool, Stem, Steps, Taps


@dataclass(frozen=True)
class Spikes:
    """Spikes as bits [N, T, H, W, groups], int16, one bit for each of 16 channels; bits beyond `channels` are 0."""

    bits: Tensor
    channels: int

    @property
    def size(self) -> tuple[int, int]:
        """Height and width."""
        return self.bits.shape[2], self.bits.shape[3]


@dataclass(frozen=True)
class _Folded:
    """A convolution with its batch norm folded in: weight tables (see Library.tables) and bias [C padded]."""

    taps: Taps
    tables: Tensor
    bias: Tensor
    source: int


@dataclass(frozen=True)
class _Layer:
    """A neuron layer with its folded convolutions and the sum of their biases [C padded]."""

    convolutions: tuple[_Folded, ...]
    bias: Tensor
    neuron: CNeuron
    shortcut: bool
    channels: int


class StageRunner:
    """One stage, folded when it is made, so with the weights and statistics of that moment."""

    def __init__(self, library: Library, steps: Steps) -> None:
        self.library, self.steps = library, steps
        self.layers = [self._fold(step) if isinstance(step, NeuronLayer) else None for step in steps]
        self.weights: Tensor | None = None
        """The classifier's weights [H·W·C padded, outputs padded], once the size of its input is known."""

    def _fold(self, step: NeuronLayer) -> _Layer:
        folded = tuple(self._folded(convolution) for convolution in step.convolutions)
        bias = torch.stack([convolution.bias for convolution in folded]).sum(0)
        return _Layer(folded, bias, c_neuron(step.neuron), step.shortcut, step.convolutions[0].channels)

    def _folded(self, convolution: Convolution) -> _Folded:
        scale, shift = scale_and_shift(convolution)
        weights = (convolution.weights().double() * padded(scale)).float()
        return _Folded(convolution.taps, self.library.tables(weights), padded(shift).float(), convolution.source)

    def run(self, spikes: Spikes) -> tuple[Spikes, Tensor]:
        """Input spikes [N, T, H, W, groups] → output spikes [N, T, H', W', groups'] and their counts [T]."""
        inner, counts = self.run_all(spikes)
        return inner[-1], counts

    def run_all(self, spikes: Spikes) -> tuple[list[Spikes], Tensor]:
        """The input spikes and those of each step, all [N, T, H, W, groups] of their own sizes, and the counts [T]."""
        inner, counts = [spikes], torch.zeros(spikes.bits.shape[1], dtype=torch.int64)
        for step, layer in zip(self.steps, self.layers, strict=True):
            if layer is not None:
                made, counted = self._fire(inner, layer)
            elif isinstance(step, Pool):
                bits, counted = self.library.pool(inner[-1].bits)
                made = Spikes(bits, spikes.channels)
            elif isinstance(step, Average):
                made, counted = self._average(inner[-1], step)
            else:
                assert isinstance(step, Output)
                made, counted = self._output(inner[-1], step)
            inner.append(made)
            counts = counts + counted.sum(0)
        return inner, counts

    def _fire(self, inner: list[Spikes], layer: _Layer) -> tuple[Spikes, Tensor]:
        """Spikes [N, T, H, W, groups] of a neuron layer, and their counts [N, T]."""
        terms = [Term(inner[c.source].bits, c.taps, c.tables) for c in layer.convolutions]
        size = terms[0].taps.output_size(*inner[layer.convolutions[0].source].size)
        shortcut = inner[0].bits if layer.shortcut else None
        second = terms[1] if len(terms) > 1 else None
        bits, counts = self.library.evaluate(terms[0], second, shortcut, layer.bias, layer.neuron, size)
        return Spikes(bits, layer.channels), counts

    def _average(self, spikes: Spikes, step: Average) -> tuple[Spikes, Tensor]:
        """Spikes [N, T, H', W', groups] of the neurons after an average pool, and their counts [N, T]."""
        images, steps, height, width, groups = spikes.bits.shape
        window = step.window(height, width)
        rows, columns = height // window[0], width // window[1]
        current = torch.empty(images, steps, rows * columns, groups * LANES)  # [N, T, H'·W', C padded]
        self.library.average(spikes.bits, window, current)
        return fire_current(self.library, current, (rows, columns), c_neuron(step.neuron), spikes.channels, steps)

    def _output(self, spikes: Spikes, step: Output) -> tuple[Spikes, Tensor]:
        """Spikes [N, T, 1, 1, groups] of the output neurons, and their counts [N, T]."""
        images, steps, height, width, groups = spikes.bits.shape
        ones = torch.empty(images, steps, 1, height * width * groups * LANES)  # [N, T, 1, H·W·C padded]
        self.library.unpack(spikes.bits, ones)
        if self.weights is None:
            self.weights = step.weights(spikes.channels, height, width).T
        current = ones @ self.weights  # [N, T, 1, outputs padded]
        outputs = step.linear.out_features
        return fire_current(self.library, current, (1, 1), c_neuron(step.neuron), outputs, steps)


class StemRunner:
    """The stem: a convolution of real values by torch with batch norm folded in, and neurons by the kernels."""

    def __init__(self, library: Library, step: Stem) -> None:
        self.library, self.step, self.neuron = library, step, c_neuron(step.neuron)
        convolution = Convolution((step.conv,), step.norm, 0)
        scale, shift = scale_and_shift(convolution)
        self.weights = (step.conv.weight.detach().double() * scale.view(-1, 1, 1, 1)).float()
        self.bias, self.channels = shift.float(), convolution.channels

    def run(self, frames: Tensor) -> tuple[Spikes, Tensor]:
        """Frames [1 or T, N, C, H, W] → spikes [N, T, H, W, groups] and their counts [T]."""
        current = stem_current(frames, self.weights, self.bias)
        size, steps = (frames.shape[3], frames.shape[4]), self.step.steps(len(frames))
        spikes, counts = fire_current(self.library, current, size, self.neuron, self.channels, steps)
        return spikes, counts.sum(0)


def stem_current(frames: Tensor, weights: Tensor, bias: Tensor | None) -> Tensor:
    """Convolution of frames [1 or T, N, C, H, W] in the kernels' layout, [N, 1 or T, H·W, C padded]."""
    flat = frames.transpose(0, 1).flatten(0, 1).contiguous(memory_format=torch.channels_last)  # [N·T, C, H, W]
    out = F.conv2d(flat, weights.contiguous(memory_format=torch.channels_last), bias, padding=weights.shape[2] // 2)
    pixels = padded(out.permute(0, 2, 3, 1)).contiguous()  # [N·T, H, W, C padded]
    return pixels.view(frames.shape[1], frames.shape[0], -1, pixels.shape[3])


def fire_current(
    library: Library, current: Tensor, size: tuple[int, int], neuron: CNeuron, channels: int, steps: int
) -> tuple[Spikes, Tensor]:
    """Neurons on a current [N, 1 or T, H·W, C padded]: spikes [N, T, H, W, groups] and their counts [N, T]."""
    width = current.shape[3]
    part = Part(current, torch.ones(steps, width), torch.zeros(steps, width))
    bits = torch.empty((len(current), steps, *size, width // LANES), dtype=torch.int16)
    return Spikes(bits, channels), library.fire([part], None, neuron, bits)


def scale_and_shift(convolution: Convolution) -> tuple[Tensor, Tensor]:
    """Batch norm with running statistics as a scale [C] and a shift [C], in double precision."""
    norm = convolution.norm
    assert norm.running_mean is not None
    assert norm.running_var is not None
    scale = norm.weight.detach().double() / (norm.running_var.double() + norm.eps).sqrt()
    return scale, norm.bias.detach().double() - norm.running_mean.double() * scale


def decoded(library: Library, spikes: Spikes) -> Tensor:
    """Spikes as bits [N, T, H, W, groups] → booleans [T, N, C, H, W]."""
    ones = torch.empty(*spikes.bits.shape[:-1], spikes.bits.shape[-1] * LANES)  # [N, T, H, W, C padded]
    library.unpack(spikes.bits, ones)
    return ones[..., : spikes.channels].permute(1, 0, 4, 2, 3) != 0


def fired(library: Library, spikes: Spikes) -> Tensor:
    """The output neurons' spikes as floats 0 and 1: bits [N, T, 1, 1, groups] → [T, N, outputs]."""
    images, steps = spikes.bits.shape[:2]
    ones = torch.empty(images, steps, groups_of(spikes.channels) * LANES)
    library.unpack(spikes.bits, ones)
    return ones[:, :, : spikes.channels].transpose(0, 1)
