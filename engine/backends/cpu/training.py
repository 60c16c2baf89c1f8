"""A training step by the C++ kernels: one autograd function for a whole path."""

from __future__ import annotations

from typing import Any, cast

import torch
from torch import Tensor

from engine.backends.cpu.evaluation import fired
from engine.backends.cpu.library import padded
from engine.backends.cpu.tape import Activation, Gradients, Tape
from engine.backends.plan import Average, NeuronLayer, Output, Pool, Stem, Steps

MAX_STEPS = 64
"""Most time steps: the constant of the same name in train.cpp, and the bound of network.time_steps."""


def run_path(tape: Tape, plan: list[Steps], frames: Tensor) -> Activation:
    """Forward pass of all stages from frames [1 or T, N, C, H, W]; adds each stage's counts [T] to `tape.counts`."""
    activation: Activation | None = None
    for layer, steps in enumerate(plan):
        if activation is None:
            stem = steps[0]
            assert isinstance(stem, Stem)
            activation, counted = tape.stem(stem, frames, layer)
            tape.counts.append(counted)
            continue
        inner, total = [activation], torch.zeros(activation.spikes.bits.shape[1], dtype=torch.int64)
        for step in steps:
            made, counted = _step(tape, step, inner, layer)
            inner.append(made)
            total = total + counted
        tape.counts.append(total)
        activation = inner[-1]
    assert activation is not None
    return activation


def _step(tape: Tape, step: NeuronLayer | Stem | Pool | Average | Output, inner: list[Activation], layer: int) -> Any:
    """One step on the stage's activations so far: its activation and spike counts [T]."""
    if isinstance(step, NeuronLayer):
        return tape.neuron_layer(step, inner, layer)
    if isinstance(step, Pool):
        return tape.pool(inner[-1], layer)
    if isinstance(step, Average):
        return tape.average(step, inner[-1], layer)
    assert isinstance(step, Output)
    return tape.output(step, inner[-1], layer)


class PathFunction(torch.autograd.Function):
    """A path as one function of its parameters: firing rates [N, classes] and counts [layers, T]."""

    @staticmethod
    def forward(
        ctx: Any, tape: Tape, plan: list[Steps], frames: Tensor, votes: int, *parameters: Tensor
    ) -> tuple[Tensor, Tensor]:
        """Frames [1 or T, N, C, H, W] → firing rates [N, classes] and counts [layers, T]."""
        activation = run_path(tape, plan, frames)
        spikes = fired(tape.library, activation.spikes)  # [T, N, votes·classes]
        rates = spikes.reshape(*spikes.shape[:2], -1, votes).mean(dim=(0, 3))
        ctx.tape, ctx.output, ctx.votes, ctx.parameters = tape, activation, votes, parameters
        return rates, torch.stack(tape.counts).float()

    @staticmethod
    def backward(ctx: Any, *grads: Any) -> tuple[Any, ...]:
        """dL/drates [N, classes] and dL/dcounts [layers, T] → the parameters' gradients [...]."""
        grad_rates, grad_counts = cast(tuple[Tensor, Tensor], grads)
        tape, output = cast(Tape, ctx.tape), cast(Activation, ctx.output)
        if not tape.backward:
            raise RuntimeError("the gradients of a path can be taken once: the next step reuses its memory")
        tape.count_grads = [layer.contiguous() for layer in grad_counts.float()]
        steps = output.spikes.bits.shape[1]
        # each output neuron gets its class's gradient, divided by the T·votes spikes that the rate averages
        each = padded((grad_rates / (steps * ctx.votes)).repeat_interleave(ctx.votes, 1))
        output.grad = tape.grad_like(output).copy_(each[:, None, None, :])
        gradients: Gradients = {}
        for backward in reversed(tape.backward):
            backward(gradients)
        tape.close()
        return (None, None, None, None, *(gradients.get(parameter) for parameter in ctx.parameters))
