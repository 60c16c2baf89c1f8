"""synflow: how much the weights let through, without data and without a loss."""

from __future__ import annotations

import copy

import torch
from torch import Tensor, nn

from engine.model.blocks import BatchNorm
from engine.model.network import SpikingNetwork
from engine.model.neurons import Neuron
from engine.proxies.saliency import connections


def synflow(network: SpikingNetwork) -> float:
    """Σ w · ∂R/∂w over all weights, R the sum of the outputs for an input of ones, every weight being its magnitude.

    Tanaka et al., "Pruning neural networks without any data by iteratively conserving synaptic flow", NeurIPS 2020,
    section 6; as a score of networks by Abdelfattah et al. 2021, who leave batch norm out. Synaptic flow is defined
    for layers that are linear in a positive input: a layer of neurons passes its current on here, at one time step.
    """
    linear = _linear(network)
    weights = connections(linear)
    flow = _flow(linear)
    gradients = torch.autograd.grad(flow, weights)
    return float(sum((weight.detach() * gradient).sum() for weight, gradient in zip(weights, gradients, strict=True)))


def _linear(network: SpikingNetwork) -> SpikingNetwork:
    """A copy in double precision with magnitudes for weights, without batch norm and neurons."""
    found = copy.deepcopy(network).double()
    found.backend = None
    for module in list(found.modules()):
        for name, child in module.named_children():
            if isinstance(child, BatchNorm | Neuron):
                setattr(module, name, nn.Identity())
    with torch.no_grad():
        for weight in connections(found):
            weight.abs_()
    return found


def _flow(network: SpikingNetwork) -> Tensor:
    """R: the sum of the outputs of the first time step."""
    data = network.config.input
    x = torch.ones(1, 1, data.channels, data.height, data.width, dtype=torch.float64)  # [1, N, C, H, W]
    for stage in network.stages(network.only_architecture):
        x, _ = stage(x)
    return x[0].sum()
