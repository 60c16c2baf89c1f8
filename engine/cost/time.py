"""How long layers take, in the time of multiply-accumulates, which engine.cost.calibrate measures on a machine.

Fitted on 2 CPU cores with the kernels at hand to quick look, small N-MNIST, AutoSNN_16 and AutoSNN_64
(`python -m benchmarks.estimate`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from engine.backends.layout import LANES, groups_of
from engine.space.shapes import Row

BACKWARD = 3.0
"""A training step costs about three forward passes (forward, gradient by input, gradient by weight)."""
SITE = 175.0
"""MACs that an output element costs in time besides its convolution's: batch norm, membrane potential, spike, count."""
CALL = 4e8
"""MACs that a convolutional layer costs in time for each training batch, however small: its threads have to meet."""


@dataclass(frozen=True)
class Effort:
    """Of a network: a forward pass of an image through all time steps, and what each training batch costs besides."""

    per_image: float
    per_batch: float

    def step(self, samples: int) -> float:
        """One training step."""
        return samples * self.per_image * BACKWARD + self.per_batch

    def epoch(self, samples: int, batch_size: int) -> float:
        """All samples once, in training."""
        return samples / batch_size * self.step(batch_size)


def effort(fixed: Sequence[Row], by_choice: Sequence[Sequence[Row]], time_steps: int) -> Effort:
    """Of the average path: `fixed` rows are in all, and of each searched layer one of its rows, each as often."""
    share = [(row, 1.0) for row in fixed] + [(row, 1 / len(choices)) for choices in by_choice for row in choices]
    return Effort(
        time_steps * sum(part * _forward(row) for row, part in share),
        CALL * sum(part for row, part in share if _convolves(row)),
    )


def _forward(row: Row) -> float:
    """One time step of one image."""
    channels = row.shape[0]
    computed = groups_of(channels) * LANES / channels if _convolves(row) else 1.0  # a group takes its time, full or not
    return (row.macs + SITE * row.sites) * computed


def _convolves(row: Row) -> bool:
    return row.macs > 0 and row.block != "fc"
