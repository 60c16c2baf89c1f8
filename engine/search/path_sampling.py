"""Path sampling of supernet training: the path of each batch, and how often each block was on it."""

from __future__ import annotations

from dataclasses import dataclass

from engine.blocks.registry import BLOCKS
from engine.config.study import StudyConfig
from engine.seeds import generator
from engine.space.architecture import Architecture

MOST_COUNTED = 20_000
"""Batches whose paths are counted: of more, evenly spaced ones, so that a page waits no longer for a long training."""


def path_of(config: StudyConfig, step: int) -> Architecture:
    """The path of one batch, drawn uniformly (Na et al. 2022, section 4.2). `step` counts all batches from 0."""
    return config.space.sample(generator(config.seed, "supernet/path", step))


def batch_count(samples: int, size: int) -> int:
    """Training batches per epoch. A last batch of one image is left out, since batch norm needs two."""
    full, rest = divmod(samples, size)
    return full + (1 if rest > 1 else 0)


@dataclass(frozen=True)
class BlockCounts:
    """How many of `counted` batches, out of `steps`, trained each block: for each searched layer a count by code."""

    steps: int
    counted: int
    layers: tuple[dict[str, int], ...]


def block_counts(config: StudyConfig, train_samples: int, epochs: int) -> BlockCounts:
    """How often each block was on the sampled path in the first `epochs` of supernet training."""
    steps = epochs * batch_count(train_samples, config.supernet.batch_size)
    stride = max(1, -(-steps // MOST_COUNTED))
    layers: tuple[dict[str, int], ...] = tuple({BLOCKS[b].code: 0 for b in blocks} for blocks in config.space.choices)
    for step in range(0, steps, stride):
        for counts, block in zip(layers, path_of(config, step).blocks, strict=True):
            counts[BLOCKS[block].code] += 1
    return BlockCounts(steps, len(range(0, steps, stride)), layers)
