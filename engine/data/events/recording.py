"""One recording of an event camera, as arrays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.data.events.clock import in_order
from engine.errors import DataError

MAX_EVENTS = 100_000_000


class EmptyRecordingError(DataError):
    """A recording without an event. A data set counts these and names them together."""


@dataclass(frozen=True)
class Recording:
    """Events in order of time: `t` int64 in µs, `x` and `y` int64 pixels, `p` bool (True = ON); each [events].

    `notes` say what was done to the file's events, and what is odd about them. `steps` is set for frames that were
    ready made: `t` is then the time step of each event, 0 to steps − 1.
    """

    t: NDArray[np.int64]
    x: NDArray[np.int64]
    y: NDArray[np.int64]
    p: NDArray[np.bool_]
    notes: tuple[str, ...] = ()
    steps: int | None = None

    def __len__(self) -> int:
        return len(self.t)

    @property
    def duration(self) -> int:
        """µs from the first event to the last; 0 for ready-made frames, which tell no time."""
        return int(self.t[-1] - self.t[0]) if len(self.t) and self.steps is None else 0

    def between(self, start: int, end: int) -> Recording:
        """The events with start ≤ t < end."""
        first, last = np.searchsorted(self.t, [start, end])
        part = slice(int(first), int(last))
        return Recording(self.t[part], self.x[part], self.y[part], self.p[part], self.notes)


def recording(
    name: str,
    t: NDArray[Any],
    x: NDArray[Any],
    y: NDArray[Any],
    p: NDArray[Any],
    clocks: Sequence[int] = (),
    notes: Sequence[str] = (),
    shuffled: bool = False,
) -> Recording:
    """A recording from a decoder's columns [events], in order of time; `clocks` and `shuffled` as in `in_order`.

    Raises DataError when it is empty, and where its clock cannot be followed.
    """
    if not len(t):
        raise EmptyRecordingError(f"{name}: holds no events")
    check_count(name, len(t))
    found = in_order(name, t.astype(np.int64, copy=False), clocks, shuffled)
    columns = [column if found.order is None else column[found.order] for column in (x, y, p)]
    x, y = (column.astype(np.int64, copy=False) for column in columns[:2])
    return Recording(found.t, x, y, columns[2].astype(np.bool_, copy=False), (*notes, *found.notes))


def check_count(name: str, count: int) -> None:
    """Raises DataError for more events than memory is kept for."""
    if count > MAX_EVENTS:
        raise DataError(f"{name}: holds {count:,} events; at most {MAX_EVENTS:,}")
