"""Running totals of one architecture's evaluation."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from torch import Tensor

from engine.metrics.spike_map import SpikeMap


@dataclass
class Tally:
    """Running totals of one architecture over `samples` images: correct answers and counted spikes [layers, T]."""

    correct: int = 0
    samples: int = 0
    spikes: SpikeMap = field(default_factory=lambda: np.zeros((0, 0), np.float32))

    def add(self, correct: int, samples: int, spikes: Tensor) -> None:
        """Add one batch of `samples` images, of which `correct` were classified correctly, with counts [layers, T]."""
        counted = spikes.double().cpu().numpy()  # [layers, T]
        self.spikes = counted if self.samples == 0 else self.spikes + counted
        self.correct += correct
        self.samples += samples

    @property
    def accuracy(self) -> float:
        return self.correct / max(self.samples, 1)

    @property
    def spike_map(self) -> SpikeMap:
        """Average spikes per sample, [layers, T]."""
        return (self.spikes / max(self.samples, 1)).astype(np.float32)

    @property
    def average_spikes(self) -> float:
        """N, spikes per sample: the sum of `spike_map`, so that the energy ledger of that map sums to N exactly."""
        return float(self.spike_map.sum(dtype=np.float64))
