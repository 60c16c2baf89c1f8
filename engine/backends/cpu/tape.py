"""Forward and backward pass of each kind of step by the C++ kernels.

The forward pass keeps each convolution's output (float32) and every layer's spikes (bits). The backward pass recomputes
the membrane potentials. Gradients of spikes exist for two layers at once at most.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import cast

import torch
from torch import Tensor, nn

from engine.backends.cpu.evaluation import Spikes, stem_current
from engine.backends.cpu.library import CNeuron, Library, Part, Term, c_neuron, decay_of
from engine.backends.cpu.norms import BatchStatistics, batch_statistics
from engine.backends.cpu.workspace import Workspace
from engine.backends.layout import LANES, groups_of
from engine.backends.plan import Average, Convolution, NeuronLayer, Output, Stem
from engine.model.neurons import Neuron

SLABS = 16
"""Parts of a batch whose weight gradients are summed apart: fixed, so that sums do not depend on the thread count."""


@dataclass
class Activation:
    """A layer's spikes, and in the backward pass dL/dS [N, T, H·W, C padded]."""

    spikes: Spikes
    grad: Tensor | None = None


Gradients = dict[Tensor, Tensor]
"""Gradients [...] by parameter [...]."""
Backward = Callable[[Gradients], None]
"""The backward pass of one step: adds the gradients of its parameters."""


@dataclass
class Tape:
    """One path's forward pass: the spikes each layer counted, and the backward pass of each step in order."""

    library: Library
    workspace: Workspace
    keep: bool
    counts: list[Tensor] = field(default_factory=list)
    backward: list[Backward] = field(default_factory=list)
    count_grads: list[Tensor] = field(default_factory=list)
    """In the backward pass: dL/dcount of each layer, [T]."""

    def record(self, backward: Backward) -> None:
        """Keep a step's backward pass, where gradients are on."""
        if self.keep:
            self.backward.append(backward)

    def drop(self, array: Tensor) -> None:
        """Return an array [...] of the forward pass that only the backward pass would need."""
        if not self.keep:
            self.workspace.give(array)

    def grad_like(self, activation: Activation) -> Tensor:
        """An uninitialised array for dL/dS [N, T, H·W, C padded]."""
        images, steps, height, width, groups = activation.spikes.bits.shape
        return self.workspace.take(images, steps, height * width, groups * LANES)

    # --- one method for each kind of step; each returns its spikes and their counts [T] ---

    def stem(self, step: Stem, frames: Tensor, layer: int) -> tuple[Activation, Tensor]:
        """Frames [1 or T, N, C, H, W] → spikes and their counts [T]."""
        x = stem_current(frames, step.conv.weight.detach(), None)  # [N, 1 or T, H·W, C padded]
        variance, mean = torch.var_mean(x, dim=(0, 2), correction=0)  # [1 or T, C padded]
        normed = batch_statistics(step.norm, mean.double(), variance.double(), x.shape[0] * x.shape[2])
        height, width = frames.shape[3:]
        channels, steps = step.conv.out_channels, step.steps(len(frames))
        part = self._part(normed, x, steps)
        activation, counts, neuron = self._neurons([part], None, step.neuron, (height, width), channels, steps)

        def backward(gradients: Gradients) -> None:
            grad, sums = self._neurons_backward([part], None, neuron, step.neuron, activation, layer, gradients)
            frames_of_x = x.shape[1]
            a, b, d, gradients[step.norm.weight], gradients[step.norm.bias] = normed.backward(sums[:frames_of_x, :2])
            dx = a[:, None] * grad[:, :frames_of_x] + b[:, None] * x + d[:, None]  # [N, 1 or T, H·W, C padded]
            gradients[step.conv.weight] = _stem_weight_gradient(step.conv, frames, dx)
            self.workspace.give(grad)

        self.record(backward)
        return activation, counts

    def neuron_layer(self, step: NeuronLayer, inner: list[Activation], layer: int) -> tuple[Activation, Tensor]:
        """Convolutions of the stage's spikes so far, their batch norms, and neurons: spikes and their counts [T]."""
        shortcut = inner[0] if step.shortcut else None
        made = [self._convolve(convolution, inner[convolution.source]) for convolution in step.convolutions]
        size = made[0][2]
        parts = [part for part, _, _ in made]
        shortcut_bits = shortcut.spikes.bits if shortcut else None
        channels, steps = step.convolutions[0].channels, inner[0].spikes.bits.shape[1]
        activation, counts, neuron = self._neurons(parts, shortcut_bits, step.neuron, size, channels, steps)

        def backward(gradients: Gradients) -> None:
            grad, sums = self._neurons_backward(parts, shortcut_bits, neuron, step.neuron, activation, layer, gradients)
            for place, (convolution, (part, normed, _)) in enumerate(zip(step.convolutions, made, strict=True)):
                own = torch.stack([sums[:, 0], sums[:, place + 1]], 1)  # [T, 2, C padded]
                self._convolve_backward(
                    convolution, inner[convolution.source], part, normed, own, grad, size, gradients
                )
            self._pass_to_shortcut(shortcut, grad)

        for part in parts:
            self.drop(part.x)
        self.record(backward)
        return activation, counts

    def pool(self, source: Activation, layer: int) -> tuple[Activation, Tensor]:
        """2×2 max-pool: spikes and their counts [T]."""
        bits, counts = self.library.pool(source.spikes.bits)
        activation = Activation(Spikes(bits, source.spikes.channels))

        def backward(gradients: Gradients) -> None:
            grad, source.grad = self._take_grad(activation), self.grad_like(source)
            self.library.pool_backward(source.spikes.bits, grad, self.count_grads[layer], source.grad)
            self.workspace.give(grad)

        self.record(backward)
        return activation, counts.sum(0)

    def average(self, step: Average, source: Activation, layer: int) -> tuple[Activation, Tensor]:
        """Average pool and neurons: spikes and their counts [T]."""
        images, steps, height, width, groups = source.spikes.bits.shape
        window = step.window(height, width)
        rows, columns = height // window[0], width // window[1]
        x = self.workspace.take(images, steps, rows * columns, groups * LANES)  # [N, T, H'·W', C padded]
        self.library.average(source.spikes.bits, window, x)
        part, channels = _identity_part(x, steps), source.spikes.channels
        activation, counts, neuron = self._neurons([part], None, step.neuron, (rows, columns), channels, steps)

        def backward(gradients: Gradients) -> None:
            grad, _ = self._neurons_backward([part], None, neuron, step.neuron, activation, layer, gradients)
            source.grad = self.grad_like(source)
            self.library.average_backward(source.spikes.bits, window, grad, source.grad)
            self.workspace.give(grad)
            self.workspace.give(x)

        self.drop(x)
        self.record(backward)
        return activation, counts

    def output(self, step: Output, source: Activation, layer: int) -> tuple[Activation, Tensor]:
        """Linear layer and output neurons: spikes and their counts [T]."""
        images, steps, height, width, _ = source.spikes.bits.shape
        channels = source.spikes.channels
        weights = step.weights(channels, height, width)  # [outputs padded, H·W·C padded]
        ones = torch.empty(images, steps, 1, weights.shape[1])  # [N, T, 1, H·W·C padded]
        self.library.unpack(source.spikes.bits, ones)
        x = ones @ weights.T  # [N, T, 1, outputs padded]
        part = _identity_part(x, steps)
        activation, counts, neuron = self._neurons([part], None, step.neuron, (1, 1), step.linear.out_features, steps)

        def backward(gradients: Gradients) -> None:
            grad, _ = self._neurons_backward([part], None, neuron, step.neuron, activation, layer, gradients)
            flat = grad.view(-1, grad.shape[3])  # [N·T, outputs padded]
            grad_weights = flat.T @ ones.view(len(flat), -1)
            gradients[step.linear.weight] = step.gradient(grad_weights, channels, height, width)
            source.grad = self.grad_like(source)
            torch.mm(flat, weights, out=source.grad.view(len(flat), -1))
            self.workspace.give(grad)

        self.record(backward)
        return activation, counts

    # --- helpers of these methods ---

    def _convolve(self, convolution: Convolution, source: Activation) -> tuple[Part, BatchStatistics, tuple[int, int]]:
        """A convolution with batch norm: its part [N, T, H·W, C padded] of the current, its statistics, and H and W."""
        taps, bits = convolution.taps, source.spikes.bits
        size = taps.output_size(*source.spikes.size)
        weights = convolution.weights()
        images, steps = bits.shape[:2]
        x = self.workspace.take(images, steps, size[0] * size[1], weights.shape[2])  # [N, T, H·W, C padded]
        sums = self.library.convolve(
            Term(bits, taps, self.library.tables(weights)), size, weights.shape[2] // LANES, x
        ).sum(0)  # [T, 2, C padded]
        pixels = images * size[0] * size[1]
        mean = sums[:, 0] / pixels
        normed = batch_statistics(convolution.norm, mean, sums[:, 1] / pixels - mean**2, pixels)
        return self._part(normed, x, steps), normed, size

    def _part(self, normed: BatchStatistics, x: Tensor, steps: int) -> Part:
        """The part of a current that x [N, 1 or T, H·W, C padded] gives after batch norm."""
        scale, shift, mean, deviation = (
            values.float().expand(steps, -1).contiguous()
            for values in (normed.scale, normed.shift, normed.mean, normed.deviation)
        )
        return Part(x, scale, shift, mean, deviation)

    def _neurons(
        self,
        parts: list[Part],
        shortcut: Tensor | None,
        neuron: Neuron,
        size: tuple[int, int],
        channels: int,
        steps: int,
    ) -> tuple[Activation, Tensor, CNeuron]:
        """Neurons on a sum of parts and `shortcut` [N, T, H, W, groups]: spikes, counts [T], and the C structure."""
        made = c_neuron(neuron)
        bits = torch.empty((len(parts[0].x), steps, *size, groups_of(channels)), dtype=torch.int16)
        counts = self.library.fire(parts, shortcut, made, bits)
        return Activation(Spikes(bits, channels)), counts.sum(0), made

    def _neurons_backward(
        self,
        parts: list[Part],
        shortcut: Tensor | None,
        made: CNeuron,
        neuron: Neuron,
        activation: Activation,
        layer: int,
        gradients: Gradients,
    ) -> tuple[Tensor, Tensor]:
        """dL/dX [N, T, H·W, C padded] in the memory of dL/dS, and the sums [T, 3, C padded] of its norms."""
        grad = self._take_grad(activation)
        bits = activation.spikes.bits
        sums, decays = self.library.fire_backward(parts, shortcut, made, bits, self.count_grads[layer], grad)
        if neuron.w is not None:
            decay = decay_of(neuron)
            assert decay is not None
            # `decays` sum g·(H − V) = a·g·(X − V), so they hold a·dL/da; and da/dw = a·(1 − a)
            gradients[neuron.w] = (decays.sum() * (1 - decay)).float()
        return grad, sums.sum(0)

    def _convolve_backward(
        self,
        convolution: Convolution,
        source: Activation,
        part: Part,
        normed: BatchStatistics,
        sums: Tensor,
        grad: Tensor,
        size: tuple[int, int],
        gradients: Gradients,
    ) -> None:
        """Gradients of a convolution, its norm and its source, from dL/dX `grad` [N, T, H·W, C padded] and its sums."""
        a, b, d, gradients[normed.norm.weight], gradients[normed.norm.bias] = normed.backward(sums)
        weights = convolution.weights()
        slabs = self.workspace.take(min(SLABS, len(part.x)), *weights.shape)  # [parts, taps, C in, C out], padded
        add = source.grad is not None
        into = source.grad = source.grad if source.grad is not None else self.grad_like(source)
        term = Term(source.spikes.bits, convolution.taps, weights.transpose(1, 2).contiguous())
        self.library.convolve_backward(term, grad, (part.x, a, b, d), size, slabs, into, add)
        for module, of_module in zip(convolution.modules, convolution.gradients(slabs.sum(0)), strict=True):
            gradients[module.weight] = of_module
        self.workspace.give(slabs)
        self.workspace.give(part.x)

    def _pass_to_shortcut(self, shortcut: Activation | None, grad: Tensor) -> None:
        """Add dL/dX `grad` [N, T, H·W, C padded] to dL/dS of the spikes that an identity shortcut added."""
        if shortcut is None:
            self.workspace.give(grad)
        elif shortcut.grad is None:
            shortcut.grad = grad
        else:
            shortcut.grad += grad
            self.workspace.give(grad)

    def _take_grad(self, activation: Activation) -> Tensor:
        """dL/dS [N, T, H·W, C padded], taken out of its activation."""
        grad, activation.grad = activation.grad, None
        assert grad is not None
        return grad

    def close(self) -> None:
        """Forget the backward passes and what they hold."""
        self.backward.clear()


def _identity_part(x: Tensor, steps: int) -> Part:
    """The part of a current that is x [N, T, H·W, C padded] itself."""
    return Part(x, torch.ones(steps, x.shape[3]), torch.zeros(steps, x.shape[3]))


def _stem_weight_gradient(conv: nn.Conv2d, frames: Tensor, dx: Tensor) -> Tensor:
    """dL/dw [C out, C in, k, k] from `frames` [1 or T, N, C in, H, W] and `dx` [N, 1 or T, H·W, C out padded]."""
    height, width = frames.shape[3:]
    flat = frames.transpose(0, 1).flatten(0, 1).contiguous(memory_format=torch.channels_last)  # [N·T, C in, H, W]
    out = dx.view(-1, height, width, dx.shape[3])[..., : conv.out_channels].permute(0, 3, 1, 2)  # [N·T, C out, H, W]
    padding = [conv.kernel_size[0] // 2] * 2
    _, weight, _ = torch.ops.aten.convolution_backward(
        out, flat, conv.weight.detach(), None, [1, 1], padding, [1, 1], False, [0, 0], 1, [False, True, False]
    )
    return cast(Tensor, weight.contiguous())
