"""Prophesee EVT 2.0: 32-bit words, the upper four bits their type."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.data.events.decoders.time_high import TimeHigh

ON, TIME_HIGH = 1, 8
LOW_BITS = 6


class Evt2:
    """Words "type, 6 bits of time, x, y" between words that set the upper 28 bits of time."""

    word: np.dtype[Any] = np.dtype("<u4")

    def __init__(self) -> None:
        self.dropped = 0
        self.cameras: dict[str, int] = {}
        self._high = TimeHigh(28)

    def feed(
        self, words: NDArray[np.uint32]
    ) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64], NDArray[np.bool_]]:
        """t, x, y, p of the events in the next words [W], each [N]."""
        kind = words >> 28
        highs = np.flatnonzero(kind == TIME_HIGH)
        high = self._high.feed(highs, words[highs].astype(np.int64) & 0xFFF_FFFF, len(words))
        events = np.flatnonzero(kind <= ON)
        timed = high[events] >= 0
        self.dropped += int(len(events) - np.count_nonzero(timed))
        events = events[timed]
        word = words[events].astype(np.int64)
        t = high[events] << LOW_BITS | word >> 22 & 0x3F
        return t, word >> 11 & 0x7FF, word & 0x7FF, kind[events] == ON
