"""One stage of a network on a GPU: convolutions by torch, everything else by the Triton kernels."""

from __future__ import annotations

from typing import cast

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from engine.backends.gpu.firing import NeuronSpec, channels_last, fire
from engine.backends.plan import Average, Convolution, NeuronLayer, Output, Pool, Stem, Step, Steps
from engine.model.blocks import BatchNorm, Counted, over_time
from engine.model.neurons import Neuron


class FusedStage(nn.Module):
    """A stage for the GPU with the weights of the stage itself: frames or spikes [1 or T, N, C, H, W] → spikes, counts.

    Spikes are of type `dtype`, which holds 0 and 1 exactly; convolutions of spikes compute in it. The first
    convolution, of real-valued input, and the output neurons' spikes stay in single precision.
    """

    def __init__(self, stage: nn.Module, steps: Steps, dtype: torch.dtype) -> None:
        super().__init__()
        self.stage, self.steps, self.dtype = stage, steps, dtype
        self.constant: dict[Neuron, Tensor] = {}
        """Factors a that are not learned, [] each, on the device."""

    def twin(self) -> FusedStage:
        """Another fused stage of the same stage, with the same weights."""
        return FusedStage(self.stage, self.steps, self.dtype)

    def forward(self, x: Tensor) -> Counted:
        """Frames or spikes [1 or T, N, C, H, W] → spikes [T, N, C', H', W'] and their counts [T]."""
        inner, counts = [x], list[Tensor]()
        for step in self.steps:
            spikes, counted = self._run(step, inner)
            inner.append(spikes)
            counts.append(counted)
        return inner[-1], torch.stack(counts).sum(0)

    def _run(self, step: Step, inner: list[Tensor]) -> Counted:
        """One step on the stage's input and its steps' spikes so far, [T, N, C, H, W] each: spikes, counts [T]."""
        match step:
            case Stem():
                current, steps = _over_time(step.conv, inner[-1]), step.steps(len(inner[-1]))
                return self._fire(step.neuron, [current], [step.norm], steps=steps)
            case NeuronLayer():
                currents = [_current(convolution, inner[convolution.source]) for convolution in step.convolutions]
                norms = [convolution.norm for convolution in step.convolutions]
                return self._fire(step.neuron, currents, norms, inner[0] if step.shortcut else None)
            case Pool():
                return _pooled(inner[-1])
            case Average():
                return self._fire(step.neuron, [_averaged(step, inner[-1])], [])
            case Output():
                x = inner[-1].flatten(2)  # [T, N, C·H·W]
                current = F.linear(x, step.linear.weight.to(x.dtype))  # [T, N, outputs]
                return self._fire(step.neuron, [current], [], dtype=torch.float32)

    def _fire(
        self,
        neuron: Neuron,
        currents: list[Tensor],
        norms: list[BatchNorm],
        shortcut: Tensor | None = None,
        dtype: torch.dtype | None = None,
        steps: int = 0,
    ) -> Counted:
        """Neurons on the sum of currents [1 or T, N, C, H, W] and `shortcut` [T, N, C, H, W]: spikes, counts [T]."""
        spec = NeuronSpec(neuron.config, steps or len(currents[0]), dtype or self.dtype)
        return fire(spec, currents, norms, self._decay(neuron, currents[0]), shortcut)

    def _decay(self, neuron: Neuron, like: Tensor) -> Tensor | None:
        """The factor a [] of a neuron layer, on the device of `like`; None for IF."""
        if neuron.config.info.leak != "fixed":
            return neuron.decay(like)
        if neuron not in self.constant:  # kept, because a copy to the device in every step would stall it
            self.constant[neuron] = cast(Tensor, neuron.decay(like.new_empty((), dtype=torch.float32)))
        return self.constant[neuron]


def _over_time(conv: nn.Conv2d, x: Tensor) -> Tensor:
    """A convolution of x [T, N, C, H, W] in the type of x: [T, N, C', H', W']."""
    flat = channels_last(x).flatten(0, 1)  # [T·N, C, H, W]
    out = F.conv2d(flat, conv.weight.to(x.dtype), None, conv.stride, conv.padding, conv.dilation, conv.groups)
    return over_time(out, x)


def _current(convolution: Convolution, x: Tensor) -> Tensor:
    """The current [T, N, C', H', W'] of x [T, N, C, H, W]: one convolution, or both halves of a factorised reduction.

    The second half reads the input shifted by one pixel.
    """
    if len(convolution.modules) == 1:
        return _over_time(convolution.modules[0], x)
    even, odd = convolution.modules
    return torch.cat([_over_time(even, x), _over_time(odd, x[..., 1:, 1:])], dim=2)


def _pooled(x: Tensor) -> Counted:
    """2×2 max-pool of spikes [T, N, C, H, W]: [T, N, C, H/2, W/2] and their counts [T]."""
    out = over_time(F.max_pool2d(x.flatten(0, 1), 2), x)
    return out, out.sum(dim=(1, 2, 3, 4), dtype=torch.float32)


def _averaged(step: Average, x: Tensor) -> Tensor:
    """Means of x [T, N, C, H, W] over 2×2 windows or the whole map, [T, N, C, H', W'], in single precision."""
    real = x.flatten(0, 1).to(torch.float32)  # [T·N, C, H, W]
    out = real.mean(dim=(2, 3), keepdim=True) if step.whole else F.avg_pool2d(real, 2)
    return over_time(out, x)
