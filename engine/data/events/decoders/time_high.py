"""The upper bits of time in Prophesee's streams, set by words of their own, and counted on when they overflow."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.data.events.decoders.fill import filled

NONE_YET = -1
OVERFLOW_SHARE = 3 / 4
"""A fall by this share of the range or more is an overflow; a smaller one may be a reset, and stays to be found."""


class TimeHigh:
    """The last value seen, and how often it overflowed."""

    def __init__(self, bits: int) -> None:
        self._range = 1 << bits
        self._last = NONE_YET
        self._overflows = 0

    def feed(self, at: NDArray[Any], values: NDArray[np.int64], count: int) -> NDArray[np.int64]:
        """[count]: the upper bits that hold at each word, −1 before the first. `values` are set at the words `at`."""
        before = self._before()
        if not len(at):
            return np.full(count, before, np.int64)
        last = values[0] if self._last == NONE_YET else self._last
        falls = np.concatenate([[last], values[:-1]]) - values >= self._range * OVERFLOW_SHARE
        overflows = self._overflows + np.cumsum(falls)
        self._last, self._overflows = int(values[-1]), int(overflows[-1])
        return filled(at, overflows * self._range + values, count, before)

    def _before(self) -> int:
        return NONE_YET if self._last == NONE_YET else self._overflows * self._range + self._last
