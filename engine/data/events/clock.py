"""Timestamps of one recording in order: overflows are mended, small disorder is sorted and told, resets are refused."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.errors import DataError

Times = NDArray[np.int64]

TOLERANCE = 1_000
"""µs an event may lie behind an earlier one of its file: packets of one camera arrive a little out of order."""
NEAR = 16
"""A fall is an overflow where the mended step is below 1/16 of the clock's range; else it may be a reset."""
SHUFFLED, SHUFFLED_LEAST = 0.25, 3
"""Share and number of steps that run back above which an array has no order at all, so that these are no resets."""
LONGEST = 24 * 3600 * 1_000_000
SILENT_SHARE, SILENT_LEAST, SILENT_EVENTS = 0.9, 1_000_000, 10
"""A recording of a second and ten events at least, nine tenths of which hold no event, is pointed out."""


@dataclass(frozen=True)
class Ordered:
    """`t` µs [events], never falling; `order` sorts the other columns, None: as they are; `notes` say what was done."""

    t: Times
    order: NDArray[np.intp] | None
    notes: tuple[str, ...]


def in_order(name: str, t: Times, clocks: Sequence[int], shuffled: bool) -> Ordered:
    """`clocks` are the widths in bits after which the file's clock may overflow; `shuffled` allows an array any order.

    Raises DataError where the clock runs back, and where the recording lasts longer than a day.
    """
    t, mended = _mended(t, clocks)
    order, sorted_note = _order(name, t, shuffled)
    if order is not None:
        t = t[order]
    if len(t) and (duration := int(t[-1] - t[0])) > LONGEST:
        raise DataError(
            f"{name}: lasts {duration / 3.6e9:,.1f} hours, at most {LONGEST / 3.6e9:.0f}: t must be in µs, or its "
            "timestamps are damaged"
        )
    return Ordered(t, order, (*mended, *sorted_note, *_silence(t)))


def _mended(t: Times, clocks: Sequence[int]) -> tuple[Times, tuple[str, ...]]:
    """The timestamps with a clock's range added after each of its overflows."""
    falls = np.flatnonzero(t[1:] < t[:-1]) + 1
    if not len(falls):
        return t, ()
    steps, added = t[falls] - t[falls - 1], np.zeros(len(falls), np.int64)
    for bits in clocks:
        reach = 1 << bits
        added[(added == 0) & (steps + reach >= 0) & (steps + reach < reach // NEAR)] = reach
    if not added.any():
        return t, ()
    jumps = np.zeros(len(t), np.int64)
    jumps[falls] = added
    for bits in clocks:  # stragglers from before an overflow, after it
        _undo_stragglers(t, jumps, 1 << bits)
    count = np.count_nonzero(jumps > 0)
    return t + np.cumsum(jumps), (f"the clock overflowed {count:,} times; mended",)


def _undo_stragglers(t: Times, jumps: Times, reach: int) -> None:
    rises = np.flatnonzero(t[1:] - t[:-1] > reach - TOLERANCE) + 1
    rises = rises[np.cumsum(jumps)[rises] >= reach]
    jumps[rises] = -reach


def _order(name: str, t: Times, shuffled: bool) -> tuple[NDArray[np.intp] | None, tuple[str, ...]]:
    back = t[1:] < t[:-1]
    if not back.any():
        return None, ()
    count = int(np.count_nonzero(back))
    behind = np.maximum.accumulate(t) - t
    worst = int(behind.max())
    if worst <= TOLERANCE:
        said = f"{count:,} events stood up to {worst:,} µs out of order; sorted by time"
    elif shuffled and count > max(SHUFFLED * len(t), SHUFFLED_LEAST):
        said = "the events were not in order of time; sorted by time"
    else:
        raise DataError(_runs_back(name, t, behind, count))
    return np.argsort(t, kind="stable"), (said,)


def _runs_back(name: str, t: Times, behind: Times, count: int) -> str:
    at = int(np.flatnonzero(behind > TOLERANCE)[0])
    times = f", {count:,} times in all" if count > 1 else ""
    return (
        f"{name}: its clock runs back by {int(behind[at]):,} µs at event {at + 1:,} of {len(t):,}{times}; at most "
        f"{TOLERANCE:,} µs are sorted: the clock was reset, or these are two recordings; cut the file there"
    )


def _silence(t: Times) -> tuple[str, ...]:
    if len(t) < SILENT_EVENTS or (duration := int(t[-1] - t[0])) < SILENT_LEAST:
        return ()
    steps = np.diff(t)
    at = int(steps.argmax())
    if steps[at] <= SILENT_SHARE * duration:
        return ()
    return (
        f"no event for {steps[at] / 1e6:,.1f} of its {duration / 1e6:,.1f} seconds, after event {at + 1:,}: stale "
        "events of an earlier recording, or a jump of the clock",
    )
