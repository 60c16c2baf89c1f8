"""Which path of the supernet each training batch takes, and how often that trained each block. No torch."""

from __future__ import annotations

from dataclasses import dataclass

from engine.blocks.registry import BLOCKS
from engine.config.study import StudyConfig
from engine.seeds import generator
from engine.space.architecture import Architecture

MOST_COUNTED = 20_000
"""Batches that are drawn again to count; of more, an evenly spaced part."""


def path_of(config: StudyConfig, step: int) -> Architecture:
    """AutoSNN §4.2: one uniformly drawn path a batch. `step` counts batches over all epochs from 0."""
    return config.space.sample(generator(config.seed, "supernet/path", step))


def batch_count(samples: int, size: int) -> int:
    """Training batches an epoch; a last batch of one image is left out, since batch norm needs two."""
    full, rest = divmod(samples, size)
    return full + (1 if rest > 1 else 0)


@dataclass(frozen=True)
class Balance:
    """Of `counted` out of `steps` batches, how many trained each block: by searched layer, by code."""

    steps: int
    counted: int
    layers: tuple[dict[str, int], ...]


def balance(config: StudyConfig, train_samples: int, epochs: int) -> Balance:
    """How often each block was on the path in the first epochs of supernet training."""
    steps = epochs * batch_count(train_samples, config.supernet.batch_size)
    stride = max(1, -(-steps // MOST_COUNTED))
    layers: tuple[dict[str, int], ...] = tuple({BLOCKS[b].code: 0 for b in blocks} for blocks in config.space.choices)
    for step in range(0, steps, stride):
        for counts, block in zip(layers, path_of(config, step).blocks, strict=True):
            counts[BLOCKS[block].code] += 1
    return Balance(steps, len(range(0, steps, stride)), layers)
