"""Rank correlation (Kendall's τ-b) between the supernet's estimates and stand-alone results."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.errors import MeasureError

MIN_PAIRS = 3
"""Pairs that a correlation needs at least: of two pairs τ is always −1 or 1."""
RESAMPLES = (100, 10_000)
"""Least and most bootstrap resamples: of 100, two or three lie in each 2.5 % tail; the upper bound limits the time."""

Values = NDArray[np.float64]
"""[n], one value an architecture."""


@dataclass(frozen=True)
class RankCorrelation:
    """τ-b in [−1, 1] over `n` pairs, with the percentile interval of a bootstrap over pairs.

    `resamples` counts those that have a τ: a resample in which one side is constant has none and is left out.
    """

    tau: float
    low: float
    high: float
    confidence: float
    n: int
    resamples: int
    seed: int


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
    rng = np.random.default_rng(seed)
    drawn = (rng.integers(0, len(x), len(x)) for _ in range(resamples))
    taus = np.array([tau for tau in (_tau(x[at], y[at]) for at in drawn) if math.isfinite(tau)])
    if not len(taus):
        raise MeasureError(f"rank correlation: none of {resamples} resamples of {len(x)} pairs has two distinct values")
    low, high = np.quantile(taus, [(1 - confidence) / 2, (1 + confidence) / 2])
    return RankCorrelation(_tau(x, y), float(low), float(high), confidence, len(x), len(taus), seed)


def _tau(x: Values, y: Values) -> float:
    """τ-b of two lists [n]; NaN where one of them is constant."""
    if (x == x[0]).all() or (y == y[0]).all():
        return math.nan
    from scipy.stats import kendalltau  # takes as long to import as half of the engine

    return float(kendalltau(x, y, variant="b").statistic)


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
