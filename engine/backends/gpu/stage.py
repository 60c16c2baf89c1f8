"""One stage of a network for a GPU: its convolutions by torch, all else by the programs; the weights stay its own."""

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
    """Frames or spikes [T or 1, N, C, H, W] in, (spikes, counts [T]) out, as the stage itself.

    Spikes are of type `dtype`, which holds 0 and 1 exactly; convolutions of spikes compute in it. The first
    convolution, of real-valued input, and the output neurons' spikes stay in single precision.
    """

    def __init__(self, stage: nn.Module, steps: Steps, dtype: torch.dtype) -> None:
        super().__init__()
        self.stage, self.steps, self.dtype = stage, steps, dtype
        self.constant: dict[Neuron, Tensor] = {}
        """Decays that are not learned, on the device."""

    def twin(self) -> FusedStage:
        """Another of the same stage, with the same weights."""
        return FusedStage(self.stage, self.steps, self.dtype)

    def forward(self, x: Tensor) -> Counted:
        inner, counts = [x], list[Tensor]()
        for step in self.steps:
            spikes, counted = self._run(step, inner)
            inner.append(spikes)
            counts.append(counted)
        return inner[-1], torch.stack(counts).sum(0)

    def _run(self, step: Step, inner: list[Tensor]) -> Counted:
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
                x = inner[-1].flatten(2)
                current = F.linear(x, step.linear.weight.to(x.dtype))
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
        spec = NeuronSpec(neuron.config, steps or len(currents[0]), dtype or self.dtype)
        return fire(spec, currents, norms, self._decay(neuron, currents[0]), shortcut)

    def _decay(self, neuron: Neuron, like: Tensor) -> Tensor | None:
        if neuron.config.kind != "lif":
            return neuron.decay(like)
        if neuron not in self.constant:  # once: a copy to the device in every step would hold it up
            self.constant[neuron] = cast(Tensor, neuron.decay(like.new_empty((), dtype=torch.float32)))
        return self.constant[neuron]


def _over_time(conv: nn.Conv2d, x: Tensor) -> Tensor:
    """A convolution of [T, N, C, H, W] in the type of x."""
    flat = channels_last(x).flatten(0, 1)
    out = F.conv2d(flat, conv.weight.to(x.dtype), None, conv.stride, conv.padding, conv.dilation, conv.groups)
    return over_time(out, x)


def _current(convolution: Convolution, x: Tensor) -> Tensor:
    """One convolution, or a factorised reduction's two halves: the second reads from the second pixel on."""
    if len(convolution.modules) == 1:
        return _over_time(convolution.modules[0], x)
    even, odd = convolution.modules
    return torch.cat([_over_time(even, x), _over_time(odd, x[..., 1:, 1:])], dim=2)


def _pooled(x: Tensor) -> Counted:
    out = over_time(F.max_pool2d(x.flatten(0, 1), 2), x)
    return out, out.sum(dim=(1, 2, 3, 4), dtype=torch.float32)


def _averaged(step: Average, x: Tensor) -> Tensor:
    """Means over 2×2 windows, or over the whole map, in single precision."""
    real = x.flatten(0, 1).to(torch.float32)
    out = real.mean(dim=(2, 3), keepdim=True) if step.whole else F.avg_pool2d(real, 2)
    return over_time(out, x)
