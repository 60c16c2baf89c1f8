"""Peers built from the same description: SpikingJelly, multi-step or step by step, and snnTorch."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from typing import Any, Literal, cast

import torch
from spikingjelly.activation_based import functional, layer, neuron, surrogate
from torch import Tensor, nn

from engine.blocks.registry import BLOCKS
from engine.config.study import StudyConfig
from engine.space.architecture import Architecture

Steps = Literal["m", "s"]


class Maker(ABC):
    """A library's convolution, batch norm and neuron."""

    @abstractmethod
    def conv(self, c_in: int, c_out: int, kernel: int) -> nn.Module: ...

    @abstractmethod
    def norm(self, channels: int) -> nn.Module: ...

    @abstractmethod
    def pool(self) -> nn.Module: ...

    @abstractmethod
    def neuron(self) -> nn.Module: ...

    @abstractmethod
    def flatten(self) -> nn.Module: ...

    @abstractmethod
    def linear(self, features: int, outputs: int) -> nn.Module: ...


class SpikingJelly(Maker):
    """SpikingJelly's modules: PLIF with the arc-tangent surrogate and a detached hard reset, as in Na et al. 2022."""

    def __init__(self, steps: Steps, tau: float, threshold: float) -> None:
        self.steps, self.tau, self.threshold = steps, tau, threshold

    def conv(self, c_in: int, c_out: int, kernel: int) -> nn.Module:
        return cast(nn.Module, layer.Conv2d(c_in, c_out, kernel, 1, kernel // 2, bias=False, step_mode=self.steps))

    def norm(self, channels: int) -> nn.Module:
        return cast(nn.Module, layer.BatchNorm2d(channels, step_mode=self.steps))

    def pool(self) -> nn.Module:
        return cast(nn.Module, layer.MaxPool2d(2, step_mode=self.steps))

    def neuron(self) -> nn.Module:
        made = neuron.ParametricLIFNode(
            init_tau=self.tau,
            decay_input=True,
            v_threshold=self.threshold,
            v_reset=0.0,
            surrogate_function=surrogate.ATan(alpha=2.0),
            detach_reset=True,
            step_mode=self.steps,
        )
        return cast(nn.Module, made)

    def flatten(self) -> nn.Module:
        return cast(nn.Module, layer.Flatten(step_mode=self.steps))

    def linear(self, features: int, outputs: int) -> nn.Module:
        return cast(nn.Module, layer.Linear(features, outputs, bias=False, step_mode=self.steps))


class SnnTorch(Maker):
    """snnTorch's Leaky neuron in a loop over T, with torch's own layers between."""

    def __init__(self, tau: float, threshold: float) -> None:
        import snntorch
        from snntorch import surrogate as surrogates

        self.leaky, self.tau, self.threshold = snntorch.Leaky, tau, threshold
        self.spike_grad = surrogates.atan(alpha=2.0)

    def conv(self, c_in: int, c_out: int, kernel: int) -> nn.Module:
        return nn.Conv2d(c_in, c_out, kernel, 1, kernel // 2, bias=False)

    def norm(self, channels: int) -> nn.Module:
        return nn.BatchNorm2d(channels)

    def pool(self) -> nn.Module:
        return nn.MaxPool2d(2)

    def neuron(self) -> nn.Module:
        beta = 1 - 1 / self.tau
        made = self.leaky(
            beta,
            threshold=self.threshold,
            learn_beta=True,
            reset_mechanism="zero",
            spike_grad=self.spike_grad,
            init_hidden=True,
        )
        return cast(nn.Module, made)

    def flatten(self) -> nn.Module:
        return nn.Flatten()

    def linear(self, features: int, outputs: int) -> nn.Module:
        return nn.Linear(features, outputs, bias=False)


class _Firing(nn.Module):
    """conv – BN – N."""

    def __init__(self, make: Maker, c_in: int, c_out: int, kernel: int) -> None:
        super().__init__()
        self.conv, self.norm, self.neuron = make.conv(c_in, c_out, kernel), make.norm(c_out), make.neuron()

    def forward(self, x: Tensor) -> Tensor:
        return cast(Tensor, self.neuron(self.norm(self.conv(x))))


class _Block(nn.Module):
    """SCB, or SRB with its shortcut before the second neuron."""

    def __init__(self, make: Maker, family: str, c_in: int, c_out: int, kernel: int) -> None:
        super().__init__()
        self.first = _Firing(make, c_in, c_out, kernel)
        self.conv, self.norm, self.neuron = make.conv(c_out, c_out, kernel), make.norm(c_out), make.neuron()
        self.shortcut: nn.Module | None = None
        if family == "srb":
            same = c_in == c_out
            self.shortcut = nn.Identity() if same else nn.Sequential(make.conv(c_in, c_out, 1), make.norm(c_out))

    def forward(self, x: Tensor) -> tuple[Tensor, list[Tensor]]:
        hidden = self.first(x)
        current = self.norm(self.conv(hidden))
        out = self.neuron(current if self.shortcut is None else current + self.shortcut(x))
        return out, [hidden, out]


class Peer(nn.Module):
    """One architecture of a macro architecture of searched layers and max-pools at stride 1 (AutoSNN_C, SNN_1)."""

    def __init__(self, config: StudyConfig, architecture: Architecture, make: Maker, steps: Steps) -> None:
        super().__init__()
        macro, data = config.network.macro, config.input
        self.steps, self.time_steps = steps, config.network.time_steps
        self.votes = macro.votes_per_class
        channels, side = macro.stem_channels, data.height
        self.stem = _Firing(make, data.channels, channels, 3)
        self.layers = nn.ModuleList()
        blocks = iter(architecture.blocks)
        for spec in macro.layers:
            if spec.kind == "max_pool":
                self.layers.append(make.pool())
                side //= 2
                continue
            block, width = BLOCKS[next(blocks)], spec.channels or channels
            if block.family == "skip":
                self.layers.append(nn.Identity() if channels == width else _Firing(make, channels, width, 1))
            else:
                self.layers.append(_Block(make, block.family, channels, width, block.kernel))
            channels = width
        self.flatten = make.flatten()
        self.linear = make.linear(channels * side * side, self.votes * data.classes)
        self.neuron = make.neuron()

    def forward(self, images: Tensor) -> tuple[Tensor, Tensor]:
        """Images [N, C, H, W] → firing rates [N, classes] and the counted spikes of the batch []."""
        reset(self)
        if self.steps == "m":
            out, spikes = self._once(images.expand(self.time_steps, *images.shape))
            return self._rates(out.mean(0)), spikes
        outs, counts = zip(*(self._once(images) for _ in range(self.time_steps)), strict=True)
        return self._rates(torch.stack(outs).mean(0)), torch.stack(counts).sum()

    def _once(self, x: Tensor) -> tuple[Tensor, Tensor]:
        x = self.stem(x)
        counts = [x.sum()]
        for module in self.layers:
            if isinstance(module, _Block):
                x, fired = module(x)
                counts += [spikes.sum() for spikes in fired]
            elif not isinstance(module, nn.Identity):
                x = module(x)
                counts.append(x.sum())
        out = self.neuron(self.linear(self.flatten(x)))
        counts.append(out.sum())
        return out, torch.stack(counts).sum()

    def _rates(self, fired: Tensor) -> Tensor:
        return fired.reshape(len(fired), -1, self.votes).mean(2)


def reset(network: nn.Module) -> None:
    """Reset the membrane potentials of the last batch."""
    for module in network.modules():
        if hasattr(module, "reset_mem"):
            cast(Any, module).reset_mem()
    functional.reset_net(network)


def spikingjelly(config: StudyConfig, architecture: Architecture, steps: Steps) -> Peer:
    neurons = config.network.neuron
    return Peer(config, architecture, SpikingJelly(steps, neurons.tau, neurons.threshold), steps)


def snntorch(config: StudyConfig, architecture: Architecture) -> Peer:
    """Raises ImportError where snnTorch is not installed."""
    neurons = config.network.neuron
    return Peer(config, architecture, SnnTorch(neurons.tau, neurons.threshold), "s")


def scaled(network: nn.Module, factor: float = 15.0) -> nn.Module:
    """Scale up the classifier's weights so that output neurons fire: those of an untrained network are silent."""
    with torch.no_grad():
        for module in network.modules():
            if isinstance(module, nn.Linear):
                module.weight.mul_(factor * math.copysign(1, factor))
    return network
