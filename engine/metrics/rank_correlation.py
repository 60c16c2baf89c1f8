"""Rank correlation (Kendall's τ-b) between the supernet's estimates and stand-alone results."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import permutations

import numpy as np
from numpy.typing import NDArray

from engine.errors import MeasureError

MIN_PAIRS = 3
"""Pairs that a correlation needs at least: of two pairs τ is always −1 or 1."""
MIN_INTERVAL = 10
"""Pairs that an interval needs at least: of fewer the bootstrap's covered τ in 36 to 70 of 100 cases, not in 95."""
MAX_EXACT = 9
"""Up to so many pairs every order is counted (9! = 362,880); of more, ORDERS are drawn."""
ORDERS = 9_999
SIGNIFICANCE = 0.05
"""Up to this p the ranking is said to be better than chance: wrong of at most 5 in 100 unrelated rankings."""
RESAMPLES = (100, 10_000)
"""Least and most bootstrap resamples: of 100, two or three lie in each 2.5 % tail; the upper bound limits the time."""

PIECE = 1_000
"""Orders compared at once: a few MB."""

Values = NDArray[np.float64]
"""[n], one value an architecture."""
Ranks = NDArray[np.int16]
"""[n], or a row [n] for each of many orders or resamples."""


@dataclass(frozen=True)
class RankCorrelation:
    """τ-b in [−1, 1] over `n` pairs, with the percentile interval of a bootstrap over pairs.

    `low` and `high` are None of fewer than MIN_INTERVAL pairs. `resamples` counts those that have a τ: a resample in
    which one side is constant has none and is left out. `p_value` is that of `permutation_p`.
    """

    tau: float
    low: float | None
    high: float | None
    confidence: float
    n: int
    resamples: int
    seed: int
    p_value: float

    @property
    def better_than_chance(self) -> bool:
        """Whether an unrelated ranking would agree as well in at most 5 of 100 cases."""
        return self.p_value <= SIGNIFICANCE


def rank_correlation(
    estimates: Sequence[float],
    results: Sequence[float],
    *,
    seed: int,
    confidence: float = 0.95,
    resamples: int = 1000,
) -> RankCorrelation:
    """τ-b = (concordant − discordant) ÷ √((pairs − ties in x)(pairs − ties in y)) (Kendall 1945).

    `estimates` [n] are the supernet's and `results` [n] the stand-alone ones of the same architectures, in any units.
    The same seed gives the same interval. Raises MeasureError for fewer than 3 pairs, for lists of different length,
    for NaN, for a constant side (τ is undefined), and for `confidence` or `resamples` out of bounds.
    """
    x, y = np.asarray(estimates, np.float64), np.asarray(results, np.float64)
    _check(x, y, confidence, resamples)
    ranks = ranks_of(x), ranks_of(y)
    tau = min(1.0, max(-1.0, float(_taus(ranks[0][None], ranks[1][None])[0])))  # a root may round beyond 1
    low, high, kept = (
        bootstrap_interval(*ranks, seed, confidence, resamples) if len(x) >= MIN_INTERVAL else (None, None, 0)
    )
    return RankCorrelation(tau, low, high, confidence, len(x), kept, seed, permutation_p(*ranks, seed))


def ranks_of(values: Values) -> Ranks:
    """The rank [n] of each value [n] from 0; equal values have one rank."""
    return np.unique(values, return_inverse=True)[1].astype(np.int16)


def permutation_p(x: Ranks, y: Ranks, seed: int) -> float:
    """Share of all orders of `y` [n] that agree with `x` [n] at least as well as its own: one-sided p of τ > 0.

    Exact up to MAX_EXACT pairs, ties included. Of more it is (1 + orders as good) ÷ (1 + drawn), with ORDERS of them
    drawn from `seed`, which is never too small on average (Phipson & Smyth 2010).
    """
    own = _agreement(x[None], y[None])[0]
    good = total = 0
    for orders in _orders(y, seed):
        good += int((_agreement(x[None], orders) >= own).sum())
        total += len(orders)
    return good / total if len(x) <= MAX_EXACT else (1 + good) / (1 + total)


def _orders(ranks: Ranks, seed: int) -> Iterator[Ranks]:
    """Ranks [n] in other orders, in pieces [orders, n]: in all, or in ORDERS drawn ones."""
    n = len(ranks)
    if n <= MAX_EXACT:
        yield ranks[_every_order(n)]
        return
    rng = np.random.default_rng(seed)
    for start in range(0, ORDERS, PIECE):
        yield rng.permuted(np.tile(ranks, (min(PIECE, ORDERS - start), 1)), axis=1)


@lru_cache(maxsize=1)
def _every_order(n: int) -> NDArray[np.int8]:
    """All orders of n things, [n!, n]."""
    return np.array(list(permutations(range(n))), np.int8)


def bootstrap_interval(
    x: Ranks, y: Ranks, seed: int, confidence: float = 0.95, resamples: int = 1000
) -> tuple[float, float, int]:
    """The bootstrap's percentile interval of τ of ranks [n] and [n], and how many resamples have a τ.

    Raises MeasureError where none has.
    """
    drawn = np.random.default_rng(seed).integers(0, len(x), (resamples, len(x)))
    taus = _taus(x[drawn], y[drawn])
    taus = taus[np.isfinite(taus)]
    if not len(taus):
        raise MeasureError(f"rank correlation: none of {resamples} resamples of {len(x)} pairs has two distinct values")
    low, high = np.quantile(taus, [(1 - confidence) / 2, (1 + confidence) / 2])
    return float(low), float(high), len(taus)


def _taus(x: Ranks, y: Ranks) -> Values:
    """τ-b [rows] of ranks [rows, n] and [rows, n]; NaN where one of them is constant."""
    with np.errstate(invalid="ignore"):
        return _agreement(x, y) / np.sqrt(_untied(x)) / np.sqrt(_untied(y))


def _agreement(x: Ranks, y: Ranks) -> NDArray[np.int64]:
    """Concordant less discordant pairs [rows] of ranks [1 or rows, n] and [rows, n]."""
    found = np.zeros(len(y), np.int64)
    for i in range(y.shape[1] - 1):
        found += (_later(x, i) * _later(y, i)).sum(axis=1)
    return found


def _untied(ranks: Ranks) -> NDArray[np.int64]:
    """Pairs [rows] of ranks [rows, n] that differ."""
    found = np.zeros(len(ranks), np.int64)
    for i in range(ranks.shape[1] - 1):
        found += np.abs(_later(ranks, i)).sum(axis=1)
    return found


def _later(ranks: Ranks, i: int) -> Ranks:
    """Signs [rows, n − 1 − i]: −1, 0 or 1 where a later rank is below, equal to or above the one at place i."""
    own, later = ranks[:, i, None], ranks[:, i + 1 :]
    return (later > own).astype(np.int16) - (later < own)


def _check(x: Values, y: Values, confidence: float, resamples: int) -> None:
    """Raise MeasureError for lists [n] or settings that have no rank correlation."""
    if len(x) != len(y):
        raise MeasureError(f"rank correlation: needs as many results as estimates, got {len(y)} and {len(x)}")
    if len(x) < MIN_PAIRS:
        raise MeasureError(f"rank correlation: needs at least {MIN_PAIRS} pairs, got {len(x)}")
    for side, values in (("estimates", x), ("results", y)):
        if not np.isfinite(values).all():
            raise MeasureError(f"rank correlation: {side} must be finite numbers")
        if (values == values[0]).all():
            raise MeasureError(f"rank correlation: all {side} equal {values[0]:g}, so there is no rank to correlate")
    if not 0.5 <= confidence < 1:
        raise MeasureError(f"rank correlation: confidence must be at least 0.5 and below 1, got {confidence}")
    if not RESAMPLES[0] <= resamples <= RESAMPLES[1]:
        raise MeasureError(f"rank correlation: resamples must be {RESAMPLES[0]} to {RESAMPLES[1]:,}, got {resamples}")
