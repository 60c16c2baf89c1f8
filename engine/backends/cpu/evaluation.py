"""Evaluation by the kernels: batch norm folded into tables once a network, spikes as bits between stages."""

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
    """Bits [N, T, H, W, groups of 16 channels]; the bits beyond `channels` are 0."""

    bits: Tensor
    channels: int

    @property
    def size(self) -> tuple[int, int]:
        return self.bits.shape[2], self.bits.shape[3]


@dataclass(frozen=True)
class _Folded:
    """A convolution with its batch norm in it."""

    taps: Taps
    tables: Tensor
    bias: Tensor
    source: int


@dataclass(frozen=True)
class _Layer:
    convolutions: tuple[_Folded, ...]
    bias: Tensor
    neuron: CNeuron
    shortcut: bool
    channels: int


class StageRunner:
    """One stage, folded once; `run` maps spikes to (spikes, counts [T] of the batch)."""

    def __init__(self, library: Library, steps: Steps) -> None:
        self.library, self.steps = library, steps
        self.layers = [self._fold(step) if isinstance(step, NeuronLayer) else None for step in steps]
        self.weights: Tensor | None = None
        """The classifier's, once their order in memory is known."""

    def _fold(self, step: NeuronLayer) -> _Layer:
        folded = tuple(self._folded(convolution) for convolution in step.convolutions)
        bias = torch.stack([convolution.bias for convolution in folded]).sum(0)
        return _Layer(folded, bias, c_neuron(step.neuron), step.shortcut, step.convolutions[0].channels)

    def _folded(self, convolution: Convolution) -> _Folded:
        scale, shift = scale_and_shift(convolution)
        weights = (convolution.weights().double() * padded(scale)).float()
        return _Folded(convolution.taps, self.library.tables(weights), padded(shift).float(), convolution.source)

    def run(self, spikes: Spikes) -> tuple[Spikes, Tensor]:
        inner, counts = self.run_all(spikes)
        return inner[-1], counts

    def run_all(self, spikes: Spikes) -> tuple[list[Spikes], Tensor]:
        """`run` with all of its spikes: what it was given, and what each of its steps made of it."""
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
        terms = [Term(inner[c.source].bits, c.taps, c.tables) for c in layer.convolutions]
        size = terms[0].taps.output_size(*inner[layer.convolutions[0].source].size)
        shortcut = inner[0].bits if layer.shortcut else None
        second = terms[1] if len(terms) > 1 else None
        bits, counts = self.library.evaluate(terms[0], second, shortcut, layer.bias, layer.neuron, size)
        return Spikes(bits, layer.channels), counts

    def _average(self, spikes: Spikes, step: Average) -> tuple[Spikes, Tensor]:
        images, steps, height, width, groups = spikes.bits.shape
        window = step.window(height, width)
        rows, columns = height // window[0], width // window[1]
        current = torch.empty(images, steps, rows * columns, groups * LANES)
        self.library.average(spikes.bits, window, current)
        return fire_plainly(self.library, current, (rows, columns), c_neuron(step.neuron), spikes.channels, steps)

    def _output(self, spikes: Spikes, step: Output) -> tuple[Spikes, Tensor]:
        images, steps, height, width, groups = spikes.bits.shape
        ones = torch.empty(images, steps, 1, height * width * groups * LANES)
        self.library.unpack(spikes.bits, ones)
        if self.weights is None:
            self.weights = step.weights(spikes.channels, height, width).T
        current = ones @ self.weights
        outputs = step.linear.out_features
        return fire_plainly(self.library, current, (1, 1), c_neuron(step.neuron), outputs, steps)


class StemRunner:
    """The stem: a real convolution by torch, batch norm folded, the neurons by the kernels."""

    def __init__(self, library: Library, step: Stem) -> None:
        self.library, self.step, self.neuron = library, step, c_neuron(step.neuron)
        convolution = Convolution((step.conv,), step.norm, 0)
        scale, shift = scale_and_shift(convolution)
        self.weights = (step.conv.weight.detach().double() * scale.view(-1, 1, 1, 1)).float()
        self.bias, self.channels = shift.float(), convolution.channels

    def run(self, frames: Tensor) -> tuple[Spikes, Tensor]:
        """Frames [1 or T, N, C, H, W] → (spikes, counts [T] of the batch)."""
        current = stem_current(frames, self.weights, self.bias)
        size, steps = (frames.shape[3], frames.shape[4]), self.step.steps(len(frames))
        spikes, counts = fire_plainly(self.library, current, size, self.neuron, self.channels, steps)
        return spikes, counts.sum(0)


def stem_current(frames: Tensor, weights: Tensor, bias: Tensor | None) -> Tensor:
    """The convolution of frames [1 or T, N, C, H, W] as the kernels read it: [N, 1 or T, sites, channels padded]."""
    flat = frames.transpose(0, 1).flatten(0, 1).contiguous(memory_format=torch.channels_last)
    out = F.conv2d(flat, weights.contiguous(memory_format=torch.channels_last), bias, padding=weights.shape[2] // 2)
    pixels = padded(out.permute(0, 2, 3, 1)).contiguous()
    return pixels.view(frames.shape[1], frames.shape[0], -1, pixels.shape[3])


def fire_plainly(
    library: Library, current: Tensor, size: tuple[int, int], neuron: CNeuron, channels: int, steps: int
) -> tuple[Spikes, Tensor]:
    """Neurons of a current [N, 1 or T, sites, channels padded] as it is."""
    width = current.shape[3]
    part = Part(current, torch.ones(steps, width), torch.zeros(steps, width))
    bits = torch.empty((len(current), steps, *size, width // LANES), dtype=torch.int16)
    return Spikes(bits, channels), library.fire([part], None, neuron, bits)


def scale_and_shift(convolution: Convolution) -> tuple[Tensor, Tensor]:
    """Batch norm with running statistics as one multiplication and one addition, in double precision."""
    norm = convolution.norm
    assert norm.running_mean is not None
    assert norm.running_var is not None
    scale = norm.weight.detach().double() / (norm.running_var.double() + norm.eps).sqrt()
    return scale, norm.bias.detach().double() - norm.running_mean.double() * scale


def fired(library: Library, spikes: Spikes) -> Tensor:
    """The output neurons' spikes [T, N, outputs] as floats."""
    images, steps = spikes.bits.shape[:2]
    ones = torch.empty(images, steps, groups_of(spikes.channels) * LANES)
    library.unpack(spikes.bits, ones)
    return ones[:, :, : spikes.channels].transpose(0, 1)
