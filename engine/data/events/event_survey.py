"""One pass over every recording of an event data set: its figures, and the recordings to keep for a preview."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import numpy as np

from engine.data.events.event_set import Clip, EventSet
from engine.data.events.recording import Recording


@dataclass(frozen=True)
class Survey:
    """`counts` events and `durations` µs of every recording; `largest` coordinate of any event; `on` ON events."""

    counts: tuple[int, ...]
    durations: tuple[int, ...]
    largest: int
    on: int
    kept: tuple[tuple[Clip, Recording], ...]

    def figures(self) -> dict[str, Any]:
        total = sum(self.counts)
        return {
            "events": {"total": total, "median": int(np.median(self.counts)), "most": max(self.counts)},
            "duration_us": {"median": int(np.median(self.durations)), "longest": max(self.durations)},
            "on_share": round(self.on / total, 4),
        }


def survey(events: EventSet, keep: Collection[int]) -> Survey:
    """Decode every recording once; `keep` are places in `events.clips`. Raises DataError naming a damaged file."""
    counts, durations, kept = [], [], {}
    largest = on = 0
    clips = events.clips
    for place, part in events.recordings(clips):
        counts.append(len(part))
        durations.append(part.duration)
        largest = max(largest, int(part.x.max()), int(part.y.max()))
        on += int(part.p.sum())
        if place in keep:
            kept[place] = (clips[place], part)
    return Survey(tuple(counts), tuple(durations), largest, on, tuple(kept[place] for place in sorted(kept)))
