"""One recording of an event camera, as arrays. No torch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.errors import DataError

MAX_EVENTS = 100_000_000


@dataclass(frozen=True)
class Recording:
    """Events in order of time: `t` int64 in µs, `x` and `y` int64 pixels, `p` bool (True = ON); each [events]."""

    t: NDArray[np.int64]
    x: NDArray[np.int64]
    y: NDArray[np.int64]
    p: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.t)

    @property
    def duration(self) -> int:
        """µs from the first event to the last."""
        return int(self.t[-1] - self.t[0]) if len(self.t) else 0

    def between(self, start: int, end: int) -> Recording:
        """The events with start ≤ t < end."""
        first, last = np.searchsorted(self.t, [start, end])
        return Recording(self.t[first:last], self.x[first:last], self.y[first:last], self.p[first:last])


def recording(name: str, t: NDArray[Any], x: NDArray[Any], y: NDArray[Any], p: NDArray[Any]) -> Recording:
    """A recording from a decoder's columns, sorted by time where the file is not. Raises DataError when it is empty."""
    if not len(t):
        raise DataError(f"{name}: holds no events")
    if len(t) > MAX_EVENTS:
        raise DataError(f"{name}: holds {len(t):,} events; at most {MAX_EVENTS:,}")
    found = Recording(t.astype(np.int64), x.astype(np.int64), y.astype(np.int64), p.astype(np.bool_))
    if not np.any(np.diff(found.t) < 0):
        return found
    order = np.argsort(found.t, kind="stable")
    return Recording(found.t[order], found.x[order], found.y[order], found.p[order])
