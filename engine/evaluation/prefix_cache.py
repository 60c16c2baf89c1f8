"""Spikes behind leading parts of paths, kept from one generation to the next under a bound on bytes."""

from __future__ import annotations

from typing import Any

from torch import Tensor

from engine.cost.memory import MEMO_SHARE

Kept = tuple[Any, Tensor]
"""What a back end's evaluator hands on, and counts [T]."""
OWN_BYTES = 1_700
"""What one entry takes besides its spikes: two tensors' heads, the counts, its key; measured by the process's memory.
With few images a batch it is more than the spikes.
"""


class PrefixCache:
    """First come, first kept: nothing is ever dropped, so what is found depends on no clock."""

    def __init__(self, limit: int, batches: int) -> None:
        self.limit, self.batches = limit, batches
        self.bytes = 0
        self.kept: dict[tuple[tuple[int, ...], int], Kept] = {}

    def find(self, path: tuple[int, ...], batch: int) -> Kept | None:
        return self.kept.get((path, batch))

    def keep(self, path: tuple[int, ...], batch: int, made: Kept, spikes: int | None) -> None:
        """Keep what a path's stages made of a batch, where its `spikes` take so many bytes; None: never."""
        if spikes is None:
            return
        size = spikes + OWN_BYTES
        if size * self.batches * MEMO_SHARE > self.limit or self.bytes + size > self.limit:
            return
        if (path, batch) not in self.kept:
            self.kept[path, batch] = made
            self.bytes += size
