"""Spikes behind leading parts of paths, kept from one generation to the next under a bound on bytes."""

from __future__ import annotations

from torch import Tensor

from engine.backends.cpu.evaluation import Spikes
from engine.cost.memory import MEMO_SHARE

Kept = tuple[Spikes, Tensor]
"""Spikes and their counts [T]."""
OWN_BYTES = 1_700
"""What one entry takes besides its bits: two tensors' heads, the counts, its key; measured by the process's memory.
With few images a batch it is more than the bits.
"""


class PrefixCache:
    """First come, first kept: nothing is ever dropped, so what is found depends on no clock."""

    def __init__(self, limit: int, batches: int) -> None:
        self.limit, self.batches = limit, batches
        self.bytes = 0
        self.kept: dict[tuple[tuple[int, ...], int], Kept] = {}

    def find(self, path: tuple[int, ...], batch: int) -> Kept | None:
        return self.kept.get((path, batch))

    def keep(self, path: tuple[int, ...], batch: int, spikes: Spikes, counted: Tensor) -> None:
        size = spikes.bits.nbytes + OWN_BYTES
        if size * self.batches * MEMO_SHARE > self.limit or self.bytes + size > self.limit:
            return
        if (path, batch) not in self.kept:
            self.kept[path, batch] = (spikes, counted)
            self.bytes += size
