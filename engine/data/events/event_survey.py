"""One pass over every recording of an event data set: its figures, and the recordings to keep for a preview."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import numpy as np

from engine.data.events.event_set import Clip, EventSet, named
from engine.data.events.recording import Recording
from engine.errors import DataError

NUMBER = re.compile(r"\d[\d,.]*")


@dataclass(frozen=True)
class Survey:
    """`counts` events and `durations` µs of every recording; `largest` coordinate of any event; `on` ON events.

    `notes` say what was done to the recordings' events, and to how many; `steps` is the T of ready-made frames.
    """

    counts: tuple[int, ...]
    durations: tuple[int, ...]
    largest: int
    on: int
    kept: tuple[tuple[Clip, Recording], ...]
    notes: tuple[str, ...] = ()
    steps: int | None = None

    def figures(self) -> dict[str, Any]:
        total = sum(self.counts)
        events = {"total": total, "fewest": min(self.counts), "median": int(np.median(self.counts))}
        figures = {
            "events": {**events, "most": max(self.counts)},
            "duration_us": {"median": int(np.median(self.durations)), "longest": max(self.durations)},
            "on_share": round(self.on / total, 4),
        }
        return figures if self.steps is None else {**figures, "time_steps": self.steps}


def survey(events: EventSet, keep: Collection[int]) -> Survey:
    """Decode every recording once; `keep` are places in `events.clips`. Raises DataError naming a damaged file."""
    counts, durations, kept = [], [], {}
    largest = on = 0
    clips = events.clips
    noted: dict[str, list[tuple[str, str]]] = {}
    steps: dict[int | None, str] = {}
    for place, part in events.recordings(clips):
        counts.append(len(part))
        durations.append(part.duration)
        largest = max(largest, int(part.x.max()), int(part.y.max()))
        on += int(part.p.sum())
        steps.setdefault(part.steps, clips[place].file)
        for note in part.notes:  # the same remark with other numbers is the same remark
            noted.setdefault(NUMBER.sub("", note), []).append((clips[place].file, note))
        if place in keep:
            kept[place] = (clips[place], part)
    chosen = tuple(kept[place] for place in sorted(kept))
    return Survey(tuple(counts), tuple(durations), largest, on, chosen, _told(noted, len(clips)), _one(steps, events))


def _told(noted: dict[str, list[tuple[str, str]]], count: int) -> tuple[str, ...]:
    """Each remark once, as the first recording has it, with the recordings it holds for."""
    told = []
    for found in noted.values():
        files = [file for file, _ in found]
        which = "all recordings" if len(files) == count else named(files)
        told.append(f"{which}: {found[0][1]}")
    return tuple(told)


def _one(steps: dict[int | None, str], events: EventSet) -> int | None:
    """The T that all ready-made frames share."""
    if len(steps) > 1:
        said = ", ".join(f"{'events' if t is None else f'frames of T = {t}'} in {file}" for t, file in steps.items())
        raise DataError(f"{events.tree.label}: mixes recordings that cannot be used together: {said[:200]}")
    return next(iter(steps), None)
