"""The ratio of two results that were measured with the same seeds, with an interval that is honest of two or three."""

from __future__ import annotations

import math
import statistics
from collections.abc import Mapping
from dataclasses import dataclass

CONFIDENCE = 0.95


@dataclass(frozen=True)
class Ratio:
    """A ratio over `n` seeds. `low` and `high` bound it at 95 %; None where one seed has no spread."""

    value: float
    low: float | None
    high: float | None
    n: int

    @property
    def clear(self) -> bool | None:
        """Whether the interval leaves out 1; None where there is no interval."""
        if self.low is None or self.high is None:
            return None
        return not self.low <= 1 <= self.high


def paired_ratio(larger: Mapping[int, float], smaller: Mapping[int, float]) -> Ratio | None:
    """Larger ÷ smaller, of results by seed in one unit: the geometric mean of the ratios seed by seed.

    The interval is Student's t on the logarithms of the ratios, with one degree of freedom less than seeds: 12.71 times
    the standard error of two seeds, 4.30 times that of three. None without a common seed, or where a result is not
    above 0: its ratio has no logarithm.
    """
    seeds = sorted(larger.keys() & smaller.keys())
    if not seeds or min(min(larger[seed], smaller[seed]) for seed in seeds) <= 0:
        return None
    logs = [math.log(larger[seed] / smaller[seed]) for seed in seeds]
    middle, n = statistics.fmean(logs), len(logs)
    if n == 1:
        return Ratio(math.exp(middle), None, None, 1)
    half = _quantile(n - 1) * statistics.stdev(logs) / math.sqrt(n)
    return Ratio(math.exp(middle), math.exp(middle - half), math.exp(middle + half), n)


def _quantile(freedom: int) -> float:
    """Student's t at 97.5 %."""
    from scipy.special import stdtrit  # loaded only where an interval is asked for

    return float(stdtrit(freedom, (1 + CONFIDENCE) / 2))
