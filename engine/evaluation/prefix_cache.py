"""Cache of the spikes after leading stages of paths, kept from generation to generation, bounded in bytes."""

from __future__ import annotations

from typing import Any

from torch import Tensor

from engine.cost.memory import MEMO_SHARE

Kept = tuple[Any, Tensor]
"""What a back end's evaluator hands on, and counts [T]."""
OWN_BYTES = 1_700
"""Bytes of an entry beside its spikes: two tensors' headers, the counts, its key; measured on the process's memory.
With few images a batch they are more than the spikes.
"""


class PrefixCache:
    """A cache that drops nothing: it keeps entries until `limit` bytes are full, so hits depend on no clock."""

    def __init__(self, limit: int, batches: int) -> None:
        self.limit, self.batches = limit, batches
        self.bytes = 0
        self.kept: dict[tuple[tuple[int, ...], int], Kept] = {}

    def find(self, path: tuple[int, ...], batch: int) -> Kept | None:
        """The entry of a path's leading stages (their ids) and a batch; None where there is none."""
        return self.kept.get((path, batch))

    def keep(self, path: tuple[int, ...], batch: int, made: Kept, spikes: int | None) -> None:
        """Keep an entry whose spikes take `spikes` bytes, if it fits; None: spikes too large to be kept."""
        if spikes is None:
            return
        size = spikes + OWN_BYTES
        if size * self.batches * MEMO_SHARE > self.limit or self.bytes + size > self.limit:
            return
        if (path, batch) not in self.kept:
            self.kept[path, batch] = made
            self.bytes += size
