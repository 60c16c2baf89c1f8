"""The spiking blocks as modules: spikes [T, N, C, H, W] in, (spikes, counted spikes per time step [T]) out.

Wiring and counting are those of Na et al. 2022. Convolutions have no bias and run once over T·N, then batch norm.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import reduce
from typing import Any, Literal, cast

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from engine.blocks.family import Block
from engine.blocks.registry import family_of
from engine.blocks.wiring import ConvSpec, SpikingLayer, Wiring
from engine.config.network import NetworkConfig
from engine.model.neurons import Neuron

Counted = tuple[Tensor, Tensor]
"""A block's output [T, N, C, H, W] and its counted spikes, summed over batch and output elements, per time step [T]."""


def count_spikes(spikes: Tensor) -> Tensor:
    """Ones per time step [T] of spikes [T, N, ...]; differentiable, for spike regularisation."""
    return spikes.flatten(1).sum(1)


def count_active(activations: Tensor) -> Tensor:
    """Activations that are not zero, per time step [T]: what ANN mode has in the place of spikes."""
    return torch.count_nonzero(activations.flatten(1), dim=1).to(activations.dtype)


def counter(config: NetworkConfig) -> Callable[[Tensor], Tensor]:
    """How a network counts what its layers emit: [T, N, …] to [T]."""
    return count_spikes if config.neuron.info.spiking else count_active


def over_time(flat: Tensor, like: Tensor) -> Tensor:
    """[T·N, ...] back to [T, N, ...], T and N as in `like`."""
    return flat.reshape(like.shape[0], like.shape[1], *flat.shape[1:])


class _NormEachStep(torch.autograd.Function):
    """Batch norm of every step with its own statistics, into one array: stacking the steps would copy them twice."""

    @staticmethod
    def forward(
        ctx: Any,
        x: Tensor,
        weight: Tensor,
        bias: Tensor,
        running: tuple[Tensor, Tensor],
        momenta: list[float],
        eps: float,
    ) -> Tensor:
        out = torch.empty_like(x)
        saved = [x.new_empty(2, x.shape[2]) for _ in x]
        for step, to, (mean, deviation), momentum in zip(x, out, saved, momenta, strict=True):
            torch.ops.aten.native_batch_norm.out(
                step, weight, bias, *running, True, momentum, eps, out=to, save_mean=mean, save_invstd=deviation
            )
        ctx.save_for_backward(x, weight, torch.stack(saved))
        ctx.running, ctx.eps = running, eps
        return out

    @staticmethod
    def backward(ctx: Any, *grads: Any) -> tuple[Any, ...]:
        (grad,) = cast(tuple[Tensor], grads)
        x, weight, saved = ctx.saved_tensors
        grad_x, of_weight, of_bias = torch.empty_like(x), torch.zeros_like(weight), torch.zeros_like(weight)
        for t, (mean, deviation) in enumerate(saved):
            step, one, two = torch.ops.aten.native_batch_norm_backward(
                grad[t], x[t], weight, *ctx.running, mean, deviation, True, ctx.eps, [True, True, True]
            )
            grad_x[t] = step
            of_weight += one
            of_bias += two
        return grad_x, of_weight, of_bias, None, None, None


class BatchNorm(nn.BatchNorm2d):
    """Batch norm of [T, N, C, H, W] with statistics per time step (the reference) or over T·N.

    Per time step, the running statistics are updated T times a batch, in order, as a step-by-step network does.
    """

    def __init__(self, channels: int, statistics: Literal["per_step", "over_time"]) -> None:
        super().__init__(channels)
        self.per_step = statistics == "per_step"

    def forward(self, x: Tensor) -> Tensor:
        """[T, N, C, H, W] normalised by channel, over each time step or over all."""
        if self.training and self.per_step and x.shape[0] > 1:
            momenta = [self._momentum() for _ in x]
            running = (self.running_mean, self.running_var)
            return cast(Tensor, _NormEachStep.apply(x, self.weight, self.bias, running, momenta, self.eps))  # type: ignore[no-untyped-call]
        return over_time(self._normalise(x.flatten(0, 1)), x)

    def _normalise(self, x: Tensor) -> Tensor:
        running, momentum = (self.running_mean, self.running_var), self._momentum()
        return F.batch_norm(x, *running, self.weight, self.bias, self.training, momentum, self.eps)

    def _momentum(self) -> float:
        """Of the next batch; without one, a plain average of all batches since the reset (recalibration)."""
        if self.momentum is not None:
            return self.momentum
        self.num_batches_tracked = cast(Tensor, self.num_batches_tracked) + 1
        return 1.0 / float(self.num_batches_tracked)

    def extra_repr(self) -> str:
        return f"{self.num_features}, {'per time step' if self.per_step else 'over T·N'}"


class Conv(nn.Conv2d):
    """Convolution without bias; a 1×1 of a stride takes the pixels it reads first, and then has none.

    oneDNN 3.12 (torch 2.13.0) otherwise writes past an array in the gradient of such a convolution's weights, for few
    input channels and batches that its threads do not share evenly.
    """

    def forward(self, x: Tensor) -> Tensor:
        """[N, C, H, W] → [N, C′, H′, W′]."""
        if self.kernel_size != (1, 1) or self.stride == (1, 1):
            return super().forward(x)
        rows, columns = cast(tuple[int, int], self.stride)
        read = x[:, :, ::rows, ::columns].contiguous(memory_format=torch.channels_last)
        return F.conv2d(read, self.weight, groups=self.groups)


class ConvBN(nn.Module):
    """Convolution k×k without bias, padding k//2, then batch norm."""

    def __init__(self, c_in: int, c_out: int, kernel: int, stride: int, config: NetworkConfig, groups: int = 1) -> None:
        super().__init__()
        self.conv = Conv(c_in, c_out, kernel, stride, kernel // 2, groups=groups, bias=False)
        self.bn = BatchNorm(c_out, config.batch_norm)

    def forward(self, x: Tensor) -> Tensor:
        """Spikes [T, N, C_in, H, W] to normalised currents [T, N, C_out, H', W']."""
        normalised: Tensor = self.bn(over_time(self.conv(x.flatten(0, 1)), x))
        return normalised


class WiredBlock(nn.Module):
    """A candidate block as its family wires it: layers of neurons, each driven by convolutions of earlier spikes."""

    def __init__(self, wiring: Wiring, config: NetworkConfig) -> None:
        super().__init__()
        self.wiring = wiring
        self.count = counter(config)
        for layer in wiring:
            self._add(layer.convolutions[:1], config)
            self.add_module(layer.name, Neuron(config.neuron))
        for layer in wiring:  # shortcuts last: stored weights and an optimiser's state are in this order
            self._add(layer.convolutions[1:], config)

    def _add(self, convolutions: Sequence[ConvSpec], config: NetworkConfig) -> None:
        for conv in convolutions:
            self.add_module(conv.name, ConvBN(conv.c_in, conv.c_out, conv.kernel, conv.stride, config, conv.groups))

    def convolution_of(self, conv: ConvSpec) -> ConvBN:
        return cast(ConvBN, self.get_submodule(conv.name))

    def neurons_of(self, layer: SpikingLayer) -> Neuron:
        return cast(Neuron, self.get_submodule(layer.name))

    def forward(self, x: Tensor) -> Counted:
        """[T, N, C_in, H, W] to the last layer's spikes [T, N, C_out, H', W'] and all layers' count [T]."""
        sources, counts = [x], []
        for layer in self.wiring:
            currents = [self.convolution_of(conv)(sources[conv.source]) for conv in layer.convolutions]
            if layer.shortcut:
                currents.append(x)
            spikes = self.neurons_of(layer)(reduce(torch.add, currents))  # [T, N, C, H, W]
            sources.append(spikes)
            counts.append(self.count(spikes))
        return sources[-1], reduce(torch.add, counts)


class Identity(nn.Module):
    """A block without neurons of its own: no parameters, no spikes that count."""

    def forward(self, x: Tensor) -> Counted:
        """[T, N, C, H, W] unchanged, and no spikes [T]."""
        return x, torch.zeros(x.shape[0], dtype=x.dtype, device=x.device)


class FactorizedReduction(nn.Module):
    """Two conv 1×1 of stride 2, the second one pixel on, concatenated – BN – N: a `ConvSpec` of two halves."""

    def __init__(self, c_in: int, c_out: int, config: NetworkConfig) -> None:
        super().__init__()
        self.count = counter(config)
        self.even = Conv(c_in, c_out // 2, 1, 2, bias=False)
        self.odd = Conv(c_in, c_out // 2, 1, 2, bias=False)
        self.bn = BatchNorm(c_out, config.batch_norm)
        self.neuron = Neuron(config.neuron)

    def forward(self, x: Tensor) -> Counted:
        """[T, N, C_in, H, W] to spikes [T, N, C_out, H/2, W/2] and their count [T]."""
        flat = x.flatten(0, 1)
        both = torch.cat([self.even(flat), self.odd(flat[:, :, 1:, 1:])], dim=1)
        out = self.neuron(self.bn(over_time(both, x)))
        return out, self.count(out)


class MaxPool(nn.Module):
    """2×2 max-pool on spikes: its output stays binary, and its ones count."""

    def __init__(self, config: NetworkConfig) -> None:
        super().__init__()
        self.count = counter(config)

    def forward(self, x: Tensor) -> Counted:
        """[T, N, C, H, W] to [T, N, C, H/2, W/2] and its ones [T]."""
        out = over_time(F.max_pool2d(x.flatten(0, 1), 2), x)
        return out, self.count(out)


class AvgPool(nn.Module):
    """2×2 average-pool, then neurons."""

    def __init__(self, config: NetworkConfig) -> None:
        super().__init__()
        self.count = counter(config)
        self.neuron = Neuron(config.neuron)

    def forward(self, x: Tensor) -> Counted:
        """[T, N, C, H, W] to spikes [T, N, C, H/2, W/2] and their count [T]."""
        out = self.neuron(over_time(F.avg_pool2d(x.flatten(0, 1), 2), x))
        return out, self.count(out)


class GlobalAvgPool(nn.Module):
    """Average over the whole map, then neurons (counted), for SNN_2."""

    def __init__(self, config: NetworkConfig) -> None:
        super().__init__()
        self.count = counter(config)
        self.neuron = Neuron(config.neuron)

    def forward(self, x: Tensor) -> Counted:
        """[T, N, C, H, W] to spikes [T, N, C, 1, 1] and their count [T]."""
        out = self.neuron(x.mean(dim=(3, 4), keepdim=True))
        return out, self.count(out)


class ConvNeuron(nn.Module):
    """conv 3×3 – BN – N: the stem, and the extra stem's convolution."""

    def __init__(self, c_in: int, c_out: int, config: NetworkConfig) -> None:
        super().__init__()
        self.count = counter(config)
        self.conv = ConvBN(c_in, c_out, 3, 1, config)
        self.neuron = Neuron(config.neuron)
        self.time_steps = config.time_steps

    def forward(self, x: Tensor) -> Counted:
        """Frames [T, N, C, H, W], or a static image [1, N, C, H, W], which drives the neurons at all T steps."""
        current = self.conv(x)
        if x.shape[0] == 1:
            current = current.expand(self.time_steps, *current.shape[1:])
        out = self.neuron(current)
        return out, self.count(out)


def build_block(block: Block, c_in: int, c_out: int, stride: int, config: NetworkConfig) -> nn.Module:
    """The module of one candidate block: as its family makes it, or else as it is wired."""
    family = family_of(block)
    if family.module is not None:
        return cast(nn.Module, family.module(block, c_in, c_out, stride, config))
    wiring = family.wiring(block, c_in, c_out, stride)
    if not wiring:
        return Identity()
    if wiring[0].convolutions[0].halves:
        return FactorizedReduction(c_in, c_out, config)
    return WiredBlock(wiring, config)
