"""Distribution of a list of results: n, mean, sample standard deviation, range and quartiles."""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from engine.errors import MeasureError


@dataclass(frozen=True)
class Distribution:
    """Summary statistics of n results, in the results' own unit.

    With n = 1 the spread is unknown: `deviation`, `lower_quartile` and `upper_quartile` are None.
    """

    n: int
    mean: float
    deviation: float | None
    minimum: float
    lower_quartile: float | None
    median: float
    upper_quartile: float | None
    maximum: float


def distribution(values: Sequence[float]) -> Distribution:
    """Summary statistics of values [n], in their unit.

    The standard deviation is the sample's (divisor n − 1); quartiles are interpolated linearly between sorted values.
    Raises MeasureError for an empty list, NaN or infinity.
    """
    if not values:
        raise MeasureError("distribution: needs at least 1 value, got 0")
    for position, value in enumerate(values, 1):
        if not math.isfinite(value):
            raise MeasureError(f"distribution: value {position} must be a finite number, got {value}")
    lower, upper, deviation = None, None, None
    if len(values) > 1:
        lower, upper = (float(q) for q in np.quantile(values, [0.25, 0.75]))
        deviation = statistics.stdev(values)
    return Distribution(
        n=len(values),
        mean=statistics.fmean(values),
        deviation=deviation,
        minimum=float(min(values)),
        lower_quartile=lower,
        median=float(np.quantile(values, 0.5)),
        upper_quartile=upper,
        maximum=float(max(values)),
    )
