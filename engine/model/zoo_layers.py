"""Modules that only baselines need: input reduction, convolution with bias, hidden dense layer."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from engine.config.network import NetworkConfig
from engine.model.blocks import Counted, counter, over_time
from engine.model.neurons import Neuron
from engine.zoo.plans import Conv, Downsample
from engine.zoo.shapes import padding


class InputPool(nn.Module):
    """Input frames reduced by the maximum or the sum of each square. Its outputs are values, so it counts no spikes."""

    def __init__(self, layer: Downsample, config: NetworkConfig) -> None:
        super().__init__()
        self.factor, self.kind, self.time_steps = layer.factor, layer.kind, config.time_steps

    def forward(self, x: Tensor) -> Counted:
        """Frames [1 or T, N, C, H, W] → [1 or T, N, C, H/factor, W/factor], and zeros [T]."""
        flat = x.flatten(0, 1)  # [T·N, C, H, W]
        if self.kind == "max":
            small = F.max_pool2d(flat, self.factor)
        else:
            small = F.avg_pool2d(flat, self.factor, divisor_override=1)
        steps = self.time_steps if x.shape[0] == 1 else x.shape[0]
        return over_time(small, x), torch.zeros(steps, dtype=x.dtype, device=x.device)


class PlainConvNeuron(nn.Module):
    """Convolution with bias, without batch norm – (2×2 max-pool) – N."""

    def __init__(self, layer: Conv, c_in: int, c_out: int, config: NetworkConfig) -> None:
        super().__init__()
        self.count = counter(config)
        self.conv = nn.Conv2d(c_in, c_out, layer.kernel, padding=padding(layer))
        self.pool_first = layer.pool_first
        self.neuron = Neuron(config.neuron)
        self.time_steps = config.time_steps

    def forward(self, x: Tensor) -> Counted:
        """Frames or spikes [T, N, C, H, W] → spikes [T, N, C', H', W'] and their counts [T].

        A static image [1, N, C, H, W] drives the neurons at all T steps.
        """
        flat = self.conv(x.flatten(0, 1))  # [T·N, C', H, W]
        current = over_time(F.max_pool2d(flat, 2) if self.pool_first else flat, x)  # [1 or T, N, C', H', W']
        if x.shape[0] == 1:
            current = current.expand(self.time_steps, *current.shape[1:])  # [T, N, C', H', W']
        out = self.neuron(current)
        return out, self.count(out)


class HiddenLayer(nn.Module):
    """Flatten – linear – N, with a bias where its plan says so."""

    def __init__(self, features: int, outputs: int, bias: bool, config: NetworkConfig) -> None:
        super().__init__()
        self.count = counter(config)
        self.linear = nn.Linear(features, outputs, bias=bias)
        self.neuron = Neuron(config.neuron)

    def forward(self, x: Tensor) -> Counted:
        """Spikes [T, N, ...] → spikes [T, N, outputs] and their counts [T]."""
        out = self.neuron(self.linear(x.flatten(2)))
        return out, self.count(out)
