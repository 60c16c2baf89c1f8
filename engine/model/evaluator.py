"""Evaluation of a network stage by stage, with weights and statistics that stay as they are."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from torch import Tensor, nn

from engine.model.neurons import Neuron

if TYPE_CHECKING:
    from engine.model.network import Stage


@dataclass(frozen=True)
class Emitted:
    """One layer of the network on a batch of N samples.

    `layers` are its counted outputs, each [T, N, ...] with True where a neuron fired: one for each neuron layer of a
    block, the output of a max-pool, none for an identity. `output` is [T, N, ...], `counted` spikes by time step [T].
    """

    layers: list[Tensor]
    output: Tensor
    counted: Tensor


class StageEvaluator(ABC):
    """Runs single stages of a network. What it hands from one stage to the next, `x`, has a form of its own.

    The first stage takes frames [1 or T, N, C, H, W].
    """

    @abstractmethod
    def takes(self, path: Sequence[Stage]) -> bool:
        """Whether it can run every stage of a path."""

    @abstractmethod
    def run(self, stage: Stage, x: Any) -> tuple[Any, Tensor]:
        """A stage of a path that it takes: what it hands on, and the counted spikes [T]."""

    @abstractmethod
    def run_layers(self, stage: Stage, x: Any) -> tuple[Any, Emitted]:
        """As `run`, with what each neuron layer of the stage emits."""

    @abstractmethod
    def outputs(self, x: Any) -> Tensor:
        """The output neurons' spikes [T, N, votes·classes], of what the last stage hands on."""

    def bytes_of(self, x: Any) -> int | None:
        """What `x` takes in memory; None where it is too large to be kept for later evaluations."""
        return None


class TorchEvaluator(StageEvaluator):
    """The stages in plain torch. They hand on their outputs [T, N, ...]."""

    def takes(self, path: Sequence[Stage]) -> bool:
        return True

    def run(self, stage: Stage, x: Tensor) -> tuple[Tensor, Tensor]:
        """A stage on x [1 or T, N, ...]: its output [T, N, ...] and spike counts [T]."""
        return stage(x)

    def run_layers(self, stage: Stage, x: Tensor) -> tuple[Tensor, Emitted]:
        """`run`, with the output [T, N, ...] of each neuron layer of the stage."""
        seen: list[Tensor] = []

        def keep(_module: nn.Module, _inputs: Any, output: Tensor) -> None:
            seen.append(output)

        neurons = [module for module in cast(nn.Module, stage).modules() if isinstance(module, Neuron)]
        hooks = [neuron.register_forward_hook(keep) for neuron in neurons]
        try:
            out, counted = stage(x)
        finally:
            for hook in hooks:
                hook.remove()
        layers = [layer != 0 for layer in (seen or ([] if out is x else [out]))]
        return out, Emitted(layers, out, counted)

    def outputs(self, x: Tensor) -> Tensor:
        """The output neurons' spikes [T, N, votes·classes]: `x` itself."""
        return x
