"""What a network itself computes on samples: the spikes of every layer, and how near its potentials come to θ."""

from __future__ import annotations

import copy
from dataclasses import dataclass
from typing import Any, Protocol, cast

import torch
from torch import Tensor, nn

from engine.exchange.layers import Layers
from engine.model.evaluator import TorchEvaluator
from engine.model.network import SpikingNetwork
from engine.model.neurons import Neuron


@dataclass(frozen=True)
class Ran:
    """`spikes` of each layer in order, bool [T, n, …]; `rates` [n, classes]; `counted` spikes of each sample [n]."""

    spikes: list[Tensor]
    rates: Tensor
    counted: Tensor


class Interpreter(Protocol):
    """Runs what was written, in one precision."""

    def run(self, images: Tensor) -> Ran:
        """Images [n, C, H, W] or frames [n, T, C, H, W] as the network takes them."""


def counted_in(spikes: list[Tensor]) -> Tensor:
    """Spikes of each sample [n], of all layers' [T, n, …]."""
    return torch.stack([layer.flatten(2).sum((0, 2)) for layer in spikes]).sum(0)


def rates_of(layers: Layers, outputs: Tensor) -> Tensor:
    """Firing rate of each class [n, classes]: the mean over its votes and time of the output spikes [T, n, …]."""
    return outputs.double().reshape(*outputs.shape[:2], layers.classes, layers.votes_per_class).mean((0, 3))


class Reference:
    """The network in plain torch, in one precision."""

    def __init__(self, network: SpikingNetwork, layers: Layers, dtype: torch.dtype) -> None:
        self.network, self.layers = copy.deepcopy(network).to(dtype).eval(), layers
        self.margin = torch.inf
        """The least |H − θ| of all potentials so far."""

    @torch.no_grad()
    def run(self, images: Tensor) -> Ran:
        """Images [n, C, H, W] or frames [n, T, C, H, W], of the network's precision."""
        evaluator, path = TorchEvaluator(), self.network.only_architecture
        hooks = [module.register_forward_hook(self._measure) for module in self.network.modules() if _fires(module)]
        x, spikes = self.network.channels_last(images), list[Tensor]()
        try:
            for stage in self.network.stages(path):
                x, emitted = evaluator.run_layers(stage, x)
                spikes += emitted.layers
        finally:
            for hook in hooks:
                hook.remove()
        return Ran(spikes, self.network.rates(x), counted_in(spikes))

    def _measure(self, neurons: nn.Module, inputs: Any, spikes: Tensor) -> None:
        """The potentials follow from the input [T, n, …] and the spikes, step by step."""
        known, (x,) = cast(Neuron, neurons), inputs
        decay, threshold = known.decay(x), known.constants.threshold
        v = torch.zeros_like(x[0])
        for current, fired in zip(x, spikes, strict=True):
            h = v + (current if decay is None else decay * (current - v))
            self.margin = min(self.margin, (h - threshold).abs().min().item())
            v = h - threshold * fired if known.constants.soft else h * (1 - fired)


def _fires(module: nn.Module) -> bool:
    return isinstance(module, Neuron)
