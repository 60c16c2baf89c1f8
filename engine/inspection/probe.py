"""What every neuron layer of a path emits, row by row, as the network runs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, cast

import torch
from torch import Tensor, nn

from engine.errors import MeasureError
from engine.network import SpikingNetwork
from engine.neurons import Neuron
from engine.space import Architecture


@dataclass(frozen=True)
class Emitted:
    """One row on a batch: its counted outputs, each [T, N, ...] with 1 where a neuron fired, and its output.

    A block has one of `layers` for each of its neuron layers; a max-pool's is its output, an identity has none.
    """

    layers: list[Tensor]
    output: Tensor
    counted: Tensor


@torch.no_grad()
def emitted(network: SpikingNetwork, architecture: Architecture, images: Tensor) -> Iterator[Emitted]:
    """The rows of a path in order on one batch of encoded images.

    Raises MeasureError where the neurons seen do not account for every spike counted.
    """
    network.eval()
    stages = cast(Sequence[nn.Module], network.stages(architecture))
    x = network.as_frames(images)
    for place, stage in enumerate(stages):
        out, counted, seen = _run(stage, x)
        fired = [layer != 0 for layer in (seen or ([] if out is x else [out]))]
        found = sum((layer.flatten(1).sum(1) for layer in fired), torch.zeros_like(counted, dtype=torch.long))
        if not torch.allclose(found.double(), counted.double(), rtol=1e-5, atol=0.5):  # counts are float32 sums
            raise MeasureError(f"row {place + 1}: {int(found.sum())} spikes seen, {int(counted.sum())} counted")
        yield Emitted(fired, out, counted)
        x = out


def _run(stage: nn.Module, x: Tensor) -> tuple[Tensor, Tensor, list[Tensor]]:
    seen: list[Tensor] = []

    def keep(_module: nn.Module, _inputs: Any, output: Tensor) -> None:
        seen.append(output)

    hooks = [module.register_forward_hook(keep) for module in stage.modules() if isinstance(module, Neuron)]
    try:
        out, counted = stage(x)
    finally:
        for hook in hooks:
            hook.remove()
    return out, counted, seen
