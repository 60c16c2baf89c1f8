"""Spikes of every neuron layer of a path, layer by layer; by the back end that an evaluation uses."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import torch
from torch import Tensor

from engine.errors import MeasureError
from engine.model.evaluator import Emitted, StageEvaluator, TorchEvaluator
from engine.model.network import SpikingNetwork
from engine.space.architecture import Architecture


class Probe:
    """One path of a network, with the weights and statistics that it has now."""

    def __init__(self, network: SpikingNetwork, architecture: Architecture) -> None:
        network.eval()
        self.network, self.path = network, network.stages(architecture)
        self.evaluator = _evaluator(network, architecture)

    @torch.no_grad()
    def rows(self, images: Tensor) -> Iterator[Emitted]:
        """The layers in order, on one batch of encoded samples [N, C, H, W] or [N, T, C, H, W].

        Raises MeasureError where the neurons' spikes do not add up to the spikes counted.
        """
        x: Any = self.network.as_frames(images)  # [1 or T, N, C, H, W]
        for place, stage in enumerate(self.path):
            x, row = self.evaluator.run_layers(stage, x)
            none = torch.zeros(row.counted.shape, dtype=torch.long, device=row.counted.device)
            seen = sum((layer.flatten(1).sum(1) for layer in row.layers), none)  # [T]
            if not torch.allclose(seen.double(), row.counted.double(), rtol=1e-5, atol=0.5):  # float32 sums
                sums = f"{int(seen.sum())} spikes seen, {int(row.counted.sum())} counted"
                raise MeasureError(f"layer {place + 1}: {sums}")
            yield row


def _evaluator(network: SpikingNetwork, architecture: Architecture) -> StageEvaluator:
    """The back end's where it takes the path, else plain torch."""
    backend = network.backend
    if backend is not None and backend.may_run(network):
        evaluator = backend.evaluator()
        if evaluator.takes(network.stages(architecture)):
            return evaluator
    return TorchEvaluator()
