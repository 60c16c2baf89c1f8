"""Pareto front, hypervolume and knee of (accuracy to maximise, spikes to minimise)."""

from __future__ import annotations

from collections.abc import Sequence

Point = tuple[float, float]
"""Accuracy (0…1, to be maximised) and spikes (to be minimised)."""

ROUNDING = 1e-9
"""Distances from a line, in units of the front's extent, that count as equal: rounding makes less."""


def dominates(first: Point, second: Point) -> bool:
    """Whether `first` dominates: no worse in both objectives and better in one."""
    return first[0] >= second[0] and first[1] <= second[1] and first != second


def front(points: Sequence[Point]) -> list[int]:
    """Indices of the non-dominated points, by rising spikes; of equal points the first. O(n log n)."""
    order = sorted(range(len(points)), key=lambda i: (points[i][1], -points[i][0], i))
    kept: list[int] = []
    best = float("-inf")
    for i in order:
        if points[i][0] > best:
            best = points[i][0]
            kept.append(i)
    return kept


def hypervolume(points: Sequence[Point], reference_spikes: float) -> float:
    """Hypervolume 0…1: the share of the box accuracy 0…1 × spikes 0…`reference_spikes` that the points dominate."""
    if reference_spikes <= 0:
        return 0.0
    area, last = 0.0, reference_spikes
    for i in reversed(front(points)):
        accuracy, spikes = points[i]
        if spikes < last:
            area += accuracy * (last - spikes)
            last = spikes
    return area / reference_spikes


def knee(points: Sequence[Point]) -> int | None:
    """Index of the knee of a front that is sorted by rising spikes.

    The knee is the member farthest above the line from the first to the last, both axes scaled to the front's extent.
    Of equally far members (to within ROUNDING) it is the one with fewest spikes; so of a front that bends inward, or
    is straight, it is the first. None for fewer than three members. frontend/domain/front.js has the same definition.
    """
    if len(points) < 3:
        return None
    best, most = 0, 0.0
    for i, above in enumerate(_above_line(points)):
        if above > most + ROUNDING:
            best, most = i, above
    return best


def _above_line(points: Sequence[Point]) -> list[float]:
    """How far each point lies above the line between the ends, in units of the front's extent; 0 where it has none."""
    (low, sparse), (high, busy) = points[0], points[-1]
    if high == low or busy == sparse:
        return [0.0] * len(points)
    return [(accuracy - low) / (high - low) - (spikes - sparse) / (busy - sparse) for accuracy, spikes in points]
