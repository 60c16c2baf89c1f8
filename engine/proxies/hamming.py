"""Sparsity-aware Hamming distance: how differently an untrained network's neurons fire for different samples."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from engine.model.network import SpikingNetwork
from engine.model.neurons import Neuron

SMALLEST = 1e-3
"""Added to the expected distance, which is 0 where no neuron fires: the reference code's."""


def kernel(spikes: Tensor) -> Tensor:
    """The kernel [N, N] of one layer at one time step, of its spikes [N, neurons] in {0, 1}.

    K_ij = n − d_ij · 0.5 ÷ (r_i(1 − r_j) + (1 − r_i)r_j + 0.001): n neurons, d_ij the Hamming distance of the spikes
    of samples i and j, r_i the share of neurons that fire for i. Two patterns that were drawn at random with the shares
    r_i and r_j so have the same expected value whatever these are (Kim et al., "Neural architecture search for spiking
    neural networks", ECCV 2022, section 4.2, and their code).
    """
    neurons = spikes.shape[1]
    share = spikes.mean(dim=1, keepdim=True)  # [N, 1]
    expected = share @ (1 - share).T + (1 - share) @ share.T  # [N, N], of the distance ÷ neurons
    distance = spikes @ (1 - spikes).T + (1 - spikes) @ spikes.T
    return neurons - distance * 0.5 / (expected + SMALLEST)


def hamming(network: SpikingNetwork, images: Tensor) -> float:
    """log |det K̄|, K̄ [N, N] the mean kernel over all layers of neurons and time steps (Kim et al. 2022, section 4).

    `images` are encoded samples, [N, C, H, W] or [N, T, C, H, W]. Batch norm has the statistics of this batch.
    −∞ where two samples give the same spikes everywhere.
    """
    total, count = torch.zeros(len(images), len(images), dtype=torch.float64), 0

    def add(_: Any, __: Any, out: Tensor) -> None:
        nonlocal total, count
        for step in out.detach().double().flatten(2):  # [N, neurons]
            total, count = total + kernel(step), count + 1

    handles = [module.register_forward_hook(add) for module in network.modules() if isinstance(module, Neuron)]
    try:
        network.train()
        with torch.no_grad():
            network(images)
    finally:
        for handle in handles:
            handle.remove()
    return float(torch.linalg.slogdet(total / max(count, 1)).logabsdet)
