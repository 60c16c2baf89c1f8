"""Time model of training and evaluation, in multiply-accumulates (MACs).

engine.training.calibrate measures how many MACs a machine computes per second. The constants were fitted to quick look,
small N-MNIST, AutoSNN_16 and AutoSNN_64 on 2 CPU cores with the CPU kernels (`python -m benchmarks.estimate`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from engine.backends.layout import LANES, groups_of
from engine.space.shapes import LayerSpec

STEP = 3.0
"""Forward passes that a training step takes: forward, gradient by the input, gradient by the weights."""
OUTPUT_ELEMENT = 175.0
"""MACs that an output element takes beside its convolution: batch norm, membrane potential, spike, count."""
LAYER = 4e8
"""MACs that a convolutional layer takes for each training batch, however small: its threads have to synchronise."""


@dataclass(frozen=True)
class TimeModel:
    """Time of a network in MACs: `per_image` of a forward pass over all time steps, `per_batch` fixed in training."""

    per_image: float
    per_batch: float

    def step(self, samples: int) -> float:
        """MACs of one training step on so many samples."""
        return samples * self.per_image * STEP + self.per_batch

    def epoch(self, samples: int, batch_size: int) -> float:
        """MACs of one training epoch."""
        return samples / batch_size * self.step(batch_size)


def time_model(fixed: Sequence[LayerSpec], by_choice: Sequence[Sequence[LayerSpec]], time_steps: int) -> TimeModel:
    """The time model of the average path: the `fixed` layers, and for each searched layer the mean over its blocks."""
    share = [(row, 1.0) for row in fixed] + [(row, 1 / len(choices)) for choices in by_choice for row in choices]
    return TimeModel(
        time_steps * sum(part * _forward(row) for row, part in share),
        LAYER * sum(part for row, part in share if _convolves(row)),
    )


def _forward(row: LayerSpec) -> float:
    """MACs of one time step of one image."""
    channels = row.shape[0]
    computed = groups_of(channels) * LANES / channels if _convolves(row) else 1.0  # a group takes its time, full or not
    return (row.macs + OUTPUT_ELEMENT * row.output_elements) * computed


def _convolves(row: LayerSpec) -> bool:
    return row.macs > 0 and row.block != "fc"
