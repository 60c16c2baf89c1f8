"""What a network asks of a back end, which runs its paths in the place of plain torch. `engine.backends` has them."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any, Self

import torch
from torch import Tensor, nn

from engine.config.runtime import Precision
from engine.model.evaluator import StageEvaluator

if TYPE_CHECKING:
    from engine.model.network import SpikingNetwork
    from engine.space.architecture import Architecture


class Backend(ABC):
    """One network's use of an accelerator: plans of its stages, and arrays that its training steps use again."""

    def __init__(self, device: torch.device, precision: Precision) -> None:
        self.device, self.precision = device, precision

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        """A copied network has a back end of its own."""
        return type(self)(self.device, self.precision)

    def forward(self, network: SpikingNetwork, images: Tensor, path: Architecture) -> tuple[Tensor, Tensor] | None:
        """Rates [N, classes] and counts [layers, T] as SpikingNetwork.forward's; None: plain torch has to do it."""
        if images.requires_grad or not self.may_run(network):
            return None
        return self._forward(network, images, path)

    def may_run(self, network: SpikingNetwork) -> bool:
        """Whether the network can be run as it is now: in single precision, where it was attached, without hooks."""
        weight = next(network.parameters())
        return weight.dtype == torch.float32 and weight.device == self.device and not has_hooks(network)

    @abstractmethod
    def evaluator(self) -> StageEvaluator:
        """An evaluator of the network with the weights and statistics it has when a stage first runs."""

    @abstractmethod
    def _forward(self, network: SpikingNetwork, images: Tensor, path: Architecture) -> tuple[Tensor, Tensor] | None:
        """`forward` of a network that may be run."""


def has_hooks(network: nn.Module) -> bool:
    """Whether a module of the network has a hook, forward or backward: a back end would pass it by."""
    return any(
        module._forward_hooks or module._forward_pre_hooks or module._backward_hooks or module._backward_pre_hooks
        for module in network.modules()
    )
