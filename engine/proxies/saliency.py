"""snip and grad_norm: sums over the gradient of the loss on one batch, before any training."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn

from engine.model.network import SpikingNetwork
from engine.training.trainer import classification_loss


def connections(network: nn.Module) -> list[Tensor]:
    """The weights [C_out, C_in, k, k] or [outputs, inputs] of every such layer, in the network's order."""
    return [module.weight for module in network.modules() if isinstance(module, nn.Conv2d | nn.Linear)]


def snip(network: SpikingNetwork, images: Tensor, labels: Tensor) -> float:
    """Σ |w · ∂L/∂w| over all weights of convolutions and linear layers.

    Lee, Ajanthan and Torr, "SNIP", ICLR 2019, section 4.1; summed to a score of the network by Abdelfattah et al.,
    "Zero-cost proxies for lightweight NAS", ICLR 2021, section 3.2. L is the recipe's loss, and neurons have their
    surrogate gradient. `images` are encoded samples, [N, C, H, W] or [N, T, C, H, W], and `labels` [N].
    """
    return _summed(network, images, labels, lambda weight, gradient: (weight * gradient).abs().sum())


def grad_norm(network: SpikingNetwork, images: Tensor, labels: Tensor) -> float:
    """Σ ‖∂L/∂W‖₂ over the weights W of each convolution and linear layer (Abdelfattah et al. 2021, section 3.2).

    Arguments as those of `snip`.
    """
    return _summed(network, images, labels, lambda _, gradient: gradient.norm())


def _summed(
    network: SpikingNetwork, images: Tensor, labels: Tensor, score: Callable[[Tensor, Tensor], Tensor]
) -> float:
    """Σ score(W, ∂L/∂W), in double precision, with batch norm's statistics of this batch."""
    network.train()
    rates, _ = network(images)  # [N, classes]
    loss = classification_loss(rates, labels, network.config.retrain.loss)
    weights = connections(network)
    gradients = torch.autograd.grad(loss, weights)
    pairs = zip(weights, gradients, strict=True)
    return float(sum(score(weight.detach().double(), gradient.double()) for weight, gradient in pairs))
