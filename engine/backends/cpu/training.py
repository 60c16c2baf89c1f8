"""A training step by the kernels: one autograd function for a whole path.

Forward keeps each convolution's output (float32) and every layer's spikes (bits); potentials are computed anew on the
way back. Gradients of spikes never exist for more than two layers at once.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, cast

import torch
from torch import Tensor, nn

from engine.backends.cpu.evaluation import Spikes, fired, stem_current
from engine.backends.cpu.library import CNeuron, Library, Part, Term, c_neuron, decay_of, padded
from engine.backends.cpu.norms import Normed, normalise
from engine.backends.layout import LANES, groups_of
from engine.backends.plan import Average, Convolution, NeuronLayer, Output, Pool, Stem, Steps
from engine.model.neurons import Neuron

MAX_STEPS = 64
"""Time steps at most: as the constant of the same name in train.cpp, and the bound of network.time_steps."""
SLABS = 16
"""Parts of a batch whose weight gradients are summed apart, whatever the number of threads."""


class Workspace:
    """Large arrays that are used again from one step to the next: fresh memory costs more than what is done with it."""

    def __init__(self) -> None:
        self.free: dict[int, list[Tensor]] = {}

    def take(self, *shape: int) -> Tensor:
        """An uninitialised float32 array."""
        size = 1
        for n in shape:
            size *= n
        kept = self.free.get(size)
        return (kept.pop() if kept else torch.empty(size)).view(shape)

    def give(self, array: Tensor) -> None:
        """Take back an array of `take`."""
        self.free.setdefault(array.numel(), []).append(array.view(-1))


@dataclass
class Active:
    """A layer's spikes, and on the way back dL/dS [N, T, sites, channels padded]."""

    spikes: Spikes
    grad: Tensor | None = None


Gradients = dict[Tensor, Tensor]
Back = Callable[[Gradients], None]


@dataclass
class Tape:
    """One path's forward pass: what each row counted, and how to go back."""

    library: Library
    workspace: Workspace
    keep: bool
    counts: list[Tensor] = field(default_factory=list)
    back: list[Back] = field(default_factory=list)
    extras: list[Tensor] = field(default_factory=list)
    """On the way back: dL/dcount of each row [T]."""

    def record(self, back: Back) -> None:
        if self.keep:
            self.back.append(back)

    def drop(self, array: Tensor) -> None:
        """An array that the way back would have needed."""
        if not self.keep:
            self.workspace.give(array)

    def grad_like(self, active: Active) -> Tensor:
        images, steps, height, width, groups = active.spikes.bits.shape
        return self.workspace.take(images, steps, height * width, groups * LANES)

    # --- one method a kind of step; each returns its spikes and their counts [T] ---

    def stem(self, step: Stem, frames: Tensor, row: int) -> tuple[Active, Tensor]:
        x = stem_current(frames, step.conv.weight.detach(), None)
        variance, mean = torch.var_mean(x, dim=(0, 2), correction=0)
        normed = normalise(step.norm, mean.double(), variance.double(), x.shape[0] * x.shape[2])
        height, width = frames.shape[3:]
        channels, steps = step.conv.out_channels, step.steps(len(frames))
        part = self._part(normed, x, steps)
        active, counts, neuron = self._neurons([part], None, step.neuron, (height, width), channels, steps)

        def back(gradients: Gradients) -> None:
            grad, sums = self._neurons_back([part], None, neuron, step.neuron, active, row, gradients)
            frames_of_x = x.shape[1]
            a, b, d, gradients[step.norm.weight], gradients[step.norm.bias] = normed.way_back(sums[:frames_of_x, :2])
            dx = a[:, None] * grad[:, :frames_of_x] + b[:, None] * x + d[:, None]
            gradients[step.conv.weight] = _stem_weight_gradient(step.conv, frames, dx)
            self.workspace.give(grad)

        self.record(back)
        return active, counts

    def firing(self, step: NeuronLayer, inner: list[Active], row: int) -> tuple[Active, Tensor]:
        shortcut = inner[0] if step.shortcut else None
        made = [self._convolved(convolution, inner[convolution.source]) for convolution in step.convolutions]
        size = made[0][2]
        parts = [part for part, _, _ in made]
        shortcut_bits = shortcut.spikes.bits if shortcut else None
        channels, steps = step.convolutions[0].channels, inner[0].spikes.bits.shape[1]
        active, counts, neuron = self._neurons(parts, shortcut_bits, step.neuron, size, channels, steps)

        def back(gradients: Gradients) -> None:
            grad, sums = self._neurons_back(parts, shortcut_bits, neuron, step.neuron, active, row, gradients)
            for place, (convolution, (part, normed, _)) in enumerate(zip(step.convolutions, made, strict=True)):
                own = torch.stack([sums[:, 0], sums[:, place + 1]], 1)
                self._convolved_back(convolution, inner[convolution.source], part, normed, own, grad, size, gradients)
            self._pass_on(shortcut, grad)

        for part in parts:
            self.drop(part.x)
        self.record(back)
        return active, counts

    def pool(self, source: Active, row: int) -> tuple[Active, Tensor]:
        bits, counts = self.library.pool(source.spikes.bits)
        active = Active(Spikes(bits, source.spikes.channels))

        def back(gradients: Gradients) -> None:
            grad, source.grad = self._taken(active), self.grad_like(source)
            self.library.pool_backward(source.spikes.bits, grad, self.extras[row], source.grad)
            self.workspace.give(grad)

        self.record(back)
        return active, counts.sum(0)

    def average(self, step: Average, source: Active, row: int) -> tuple[Active, Tensor]:
        images, steps, height, width, groups = source.spikes.bits.shape
        window = step.window(height, width)
        rows, columns = height // window[0], width // window[1]
        x = self.workspace.take(images, steps, rows * columns, groups * LANES)
        self.library.average(source.spikes.bits, window, x)
        part, channels = _plain_part(x, steps), source.spikes.channels
        active, counts, neuron = self._neurons([part], None, step.neuron, (rows, columns), channels, steps)

        def back(gradients: Gradients) -> None:
            grad, _ = self._neurons_back([part], None, neuron, step.neuron, active, row, gradients)
            source.grad = self.grad_like(source)
            self.library.average_backward(source.spikes.bits, window, grad, source.grad)
            self.workspace.give(grad)
            self.workspace.give(x)

        self.drop(x)
        self.record(back)
        return active, counts

    def output(self, step: Output, source: Active, row: int) -> tuple[Active, Tensor]:
        images, steps, height, width, _ = source.spikes.bits.shape
        channels = source.spikes.channels
        weights = step.weights(channels, height, width)
        ones = torch.empty(images, steps, 1, weights.shape[1])
        self.library.unpack(source.spikes.bits, ones)
        x = ones @ weights.T
        part = _plain_part(x, steps)
        active, counts, neuron = self._neurons([part], None, step.neuron, (1, 1), step.linear.out_features, steps)

        def back(gradients: Gradients) -> None:
            grad, _ = self._neurons_back([part], None, neuron, step.neuron, active, row, gradients)
            flat = grad.view(-1, grad.shape[3])
            of_weights = flat.T @ ones.view(len(flat), -1)
            gradients[step.linear.weight] = step.gradient(of_weights, channels, height, width)
            source.grad = self.grad_like(source)
            torch.mm(flat, weights, out=source.grad.view(len(flat), -1))
            self.workspace.give(grad)

        self.record(back)
        return active, counts

    # --- their parts ---

    def _convolved(self, convolution: Convolution, source: Active) -> tuple[Part, Normed, tuple[int, int]]:
        taps, bits = convolution.taps, source.spikes.bits
        size = taps.output_size(*source.spikes.size)
        weights = convolution.weights()
        images, steps = bits.shape[:2]
        x = self.workspace.take(images, steps, size[0] * size[1], weights.shape[2])
        sums = self.library.convolve(
            Term(bits, taps, self.library.tables(weights)), size, weights.shape[2] // LANES, x
        ).sum(0)
        pixels = images * size[0] * size[1]
        mean = sums[:, 0] / pixels
        normed = normalise(convolution.norm, mean, sums[:, 1] / pixels - mean**2, pixels)
        return self._part(normed, x, steps), normed, size

    def _part(self, normed: Normed, x: Tensor, steps: int) -> Part:
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
    ) -> tuple[Active, Tensor, CNeuron]:
        made = c_neuron(neuron)
        bits = torch.empty((len(parts[0].x), steps, *size, groups_of(channels)), dtype=torch.int16)
        counts = self.library.fire(parts, shortcut, made, bits)
        return Active(Spikes(bits, channels)), counts.sum(0), made

    def _neurons_back(
        self,
        parts: list[Part],
        shortcut: Tensor | None,
        made: CNeuron,
        neuron: Neuron,
        active: Active,
        row: int,
        gradients: Gradients,
    ) -> tuple[Tensor, Tensor]:
        """dL/dX in the place of dL/dS, and the sums [T, 3, channels padded] that batch norm's way back needs."""
        grad = self._taken(active)
        bits = active.spikes.bits
        sums, decays = self.library.fire_backward(parts, shortcut, made, bits, self.extras[row], grad)
        if neuron.w is not None:
            decay = decay_of(neuron)
            assert decay is not None
            # sums of g·(H − V) = a·g·(X − V), and da/dw = a·(1 − a)
            gradients[neuron.w] = (decays.sum() * (1 - decay)).float()
        return grad, sums.sum(0)

    def _convolved_back(
        self,
        convolution: Convolution,
        source: Active,
        part: Part,
        normed: Normed,
        sums: Tensor,
        grad: Tensor,
        size: tuple[int, int],
        gradients: Gradients,
    ) -> None:
        a, b, d, gradients[normed.norm.weight], gradients[normed.norm.bias] = normed.way_back(sums)
        weights = convolution.weights()
        slabs = self.workspace.take(min(SLABS, len(part.x)), *weights.shape)
        add = source.grad is not None
        into = source.grad = source.grad if source.grad is not None else self.grad_like(source)
        term = Term(source.spikes.bits, convolution.taps, weights.transpose(1, 2).contiguous())
        self.library.convolve_backward(term, grad, (part.x, a, b, d), size, slabs, into, add)
        for module, of_module in zip(convolution.modules, convolution.gradients(slabs.sum(0)), strict=True):
            gradients[module.weight] = of_module
        self.workspace.give(slabs)
        self.workspace.give(part.x)

    def _pass_on(self, shortcut: Active | None, grad: Tensor) -> None:
        """The gradient of spikes that were added as they are is that of the sum."""
        if shortcut is None:
            self.workspace.give(grad)
        elif shortcut.grad is None:
            shortcut.grad = grad
        else:
            shortcut.grad += grad
            self.workspace.give(grad)

    def _taken(self, active: Active) -> Tensor:
        grad, active.grad = active.grad, None
        assert grad is not None
        return grad

    def close(self) -> None:
        self.back.clear()


def _plain_part(x: Tensor, steps: int) -> Part:
    return Part(x, torch.ones(steps, x.shape[3]), torch.zeros(steps, x.shape[3]))


def _stem_weight_gradient(conv: nn.Conv2d, frames: Tensor, dx: Tensor) -> Tensor:
    """`dx` [N, 1 or T, sites, channels padded], for `frames` [1 or T, N, C, H, W]."""
    height, width = frames.shape[3:]
    flat = frames.transpose(0, 1).flatten(0, 1).contiguous(memory_format=torch.channels_last)
    out = dx.view(-1, height, width, dx.shape[3])[..., : conv.out_channels].permute(0, 3, 1, 2)
    padding = [conv.kernel_size[0] // 2] * 2
    _, weight, _ = torch.ops.aten.convolution_backward(
        out, flat, conv.weight.detach(), None, [1, 1], padding, [1, 1], False, [0, 0], 1, [False, True, False]
    )
    return cast(Tensor, weight.contiguous())


def run_path(tape: Tape, plan: list[Steps], frames: Tensor) -> Active:
    """All stages forward, from frames [1 or T, N, C, H, W]; fills `tape.counts`."""
    active: Active | None = None
    for row, steps in enumerate(plan):
        if active is None:
            stem = steps[0]
            assert isinstance(stem, Stem)
            active, counted = tape.stem(stem, frames, row)
            tape.counts.append(counted)
            continue
        inner, total = [active], torch.zeros(active.spikes.bits.shape[1], dtype=torch.int64)
        for step in steps:
            made, counted = _step(tape, step, inner, row)
            inner.append(made)
            total = total + counted
        tape.counts.append(total)
        active = inner[-1]
    assert active is not None
    return active


def _step(tape: Tape, step: NeuronLayer | Stem | Pool | Average | Output, inner: list[Active], row: int) -> Any:
    if isinstance(step, NeuronLayer):
        return tape.firing(step, inner, row)
    if isinstance(step, Pool):
        return tape.pool(inner[-1], row)
    if isinstance(step, Average):
        return tape.average(step, inner[-1], row)
    assert isinstance(step, Output)
    return tape.output(step, inner[-1], row)


class Path(torch.autograd.Function):
    """A path as one function of its parameters: (rates [N, classes], counts [rows, T])."""

    @staticmethod
    def forward(
        ctx: Any, tape: Tape, plan: list[Steps], frames: Tensor, votes: int, *parameters: Tensor
    ) -> tuple[Tensor, Tensor]:
        active = run_path(tape, plan, frames)
        spikes = fired(tape.library, active.spikes)
        rates = spikes.reshape(*spikes.shape[:2], -1, votes).mean(dim=(0, 3))
        ctx.tape, ctx.output, ctx.votes, ctx.parameters = tape, active, votes, parameters
        return rates, torch.stack(tape.counts).float()

    @staticmethod
    def backward(ctx: Any, *grads: Any) -> tuple[Any, ...]:
        of_rates, of_counts = cast(tuple[Tensor, Tensor], grads)
        tape, output = cast(Tape, ctx.tape), cast(Active, ctx.output)
        if not tape.back:
            raise RuntimeError("the gradients of a path can be taken once: its memory went to the next step")
        tape.extras = [row.contiguous() for row in of_counts.float()]
        steps = output.spikes.bits.shape[1]
        each = padded((of_rates / (steps * ctx.votes)).repeat_interleave(ctx.votes, 1))
        output.grad = tape.grad_like(output).copy_(each[:, None, None, :])
        gradients: Gradients = {}
        for back in reversed(tape.back):
            back(gradients)
        tape.close()
        return (None, None, None, None, *(gradients.get(parameter) for parameter in ctx.parameters))
