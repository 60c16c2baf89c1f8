"""Exact minimum, median and maximum of the sums of one value from each of several lists, over every combination.

Layers of a search space are independent, so a network's parameters or MACs are such a sum.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

MAX_PAIRS = 500_000
"""Most pairs of partial sums in memory at once (8 bytes each); where a space needs more, it gets no median."""
EXACT_IN_INT64 = 2**62
"""Most combinations that are counted in int64; more are counted in Python integers, which never overflow."""

Choices = tuple[tuple[int, ...], ...]
Integers = NDArray[Any]
"""[n], of int64 or of Python integers."""


@dataclass(frozen=True)
class Extent:
    """Over all combinations: least sum, median (the least sum that half do not exceed, or None), largest sum."""

    least: int
    median: int | None
    most: int


@dataclass(frozen=True)
class _Distribution:
    """Ascending distinct sums [n], and the number of combinations that give each [n]."""

    values: Integers
    counts: Integers


@lru_cache(maxsize=256)
def extent(base: int, choices: Choices) -> Extent:
    """The extent of `base` plus one value of each choice, over every combination."""
    least = base + sum(min(values) for values in choices)
    most = base + sum(max(values) for values in choices)
    middle = least if least == most else _median(choices)
    return Extent(least, middle if least == most or middle is None else base + middle, most)


def _median(choices: Choices) -> int | None:
    """The median by meet-in-the-middle: two halves count the combinations below a bound, and the bound is bisected."""
    total = math.prod(len(values) for values in choices)
    counted = np.int64 if total <= EXACT_IN_INT64 else object
    left, right = (_sums(half, counted) for half in _halves(choices))
    if left is None or right is None:
        return None
    below = np.concatenate([np.zeros(1, counted), np.cumsum(right.counts, dtype=counted)])
    low, high = int(left.values[0] + right.values[0]), int(left.values[-1] + right.values[-1])
    while low < high:
        bound = (low + high) // 2
        reached = below[np.searchsorted(right.values, bound - left.values, side="right")]
        if 2 * int((left.counts * reached).sum()) >= total:
            high = bound
        else:
            low = bound + 1
    return low


def _halves(choices: Choices) -> tuple[list[tuple[int, ...]], list[tuple[int, ...]]]:
    """Two groups with about equally many distinct sums. Equal choices stay together because their sums coincide."""
    groups = Counter(tuple(sorted(values)) for values in choices)
    weights = {values: math.comb(n + len(set(values)) - 1, n) for values, n in groups.items()}
    halves: tuple[list[tuple[int, ...]], list[tuple[int, ...]]] = ([], [])
    sizes = [1, 1]
    for values in sorted(groups, key=lambda values: (-weights[values], values)):
        lighter = 0 if sizes[0] <= sizes[1] else 1
        halves[lighter].extend([values] * groups[values])
        sizes[lighter] *= weights[values]
    return halves


def _sums(choices: Sequence[tuple[int, ...]], counted: type) -> _Distribution | None:
    """The distribution of the sums; None where it would need more than MAX_PAIRS pairs."""
    found = _Distribution(np.zeros(1, np.int64), np.ones(1, counted))
    for values, repeated in ((np.unique(np.array(c, np.int64), return_counts=True)) for c in choices):
        if len(found.values) * len(values) > MAX_PAIRS:
            return None
        sums, places = np.unique(np.add.outer(found.values, values), return_inverse=True)
        counts: Integers = np.zeros(len(sums), counted)
        np.add.at(counts, places.ravel(), np.multiply.outer(found.counts, repeated.astype(counted)).ravel())
        found = _Distribution(sums, counts)
    return found
