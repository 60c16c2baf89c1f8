"""Circles and floors of a graph of rooms."""

from __future__ import annotations

from collections.abc import Iterable
from graphlib import CycleError, TopologicalSorter

Arrow = tuple[str, str]


def circle(arrows: Iterable[Arrow]) -> list[str]:
    """One circle of a graph, first room repeated at the end; empty where there is none."""
    try:
        TopologicalSorter(_below(arrows)).prepare()
    except CycleError as error:
        return list(error.args[1])
    return []


def floors(rooms: Iterable[str], arrows: Iterable[Arrow]) -> list[list[str]]:
    """The rooms by floor: each stands one above the highest that it imports. Raises CycleError."""
    below = _below(arrows)
    height: dict[str, int] = {}
    for room in TopologicalSorter({room: below.get(room, set()) for room in rooms}).static_order():
        height[room] = 1 + max((height[other] for other in below.get(room, ())), default=-1)
    found: list[list[str]] = [[] for _ in range(1 + max(height.values(), default=-1))]
    for room in sorted(height):
        found[height[room]].append(room)
    return found


def reduced(arrows: Iterable[Arrow]) -> list[Arrow]:
    """The arrows without those that a longer way says already."""
    below = _below(arrows)
    return sorted((a, b) for a in below for b in below[a] if not _reaches(below, below[a] - {b}, b))


def _below(arrows: Iterable[Arrow]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for upper, lower in arrows:
        found.setdefault(upper, set()).add(lower)
    return found


def _reaches(below: dict[str, set[str]], starts: set[str], goal: str) -> bool:
    seen, waiting = set(starts), list(starts)
    while waiting:
        room = waiting.pop()
        if room == goal:
            return True
        new = below.get(room, set()) - seen
        seen |= new
        waiting += new
    return False
