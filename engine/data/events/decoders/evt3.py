"""Prophesee EVT 3.0: 16-bit words that set time, row and column only where these change."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.data.events.decoders.fill import filled, set_bits
from engine.data.events.decoders.time_high import TimeHigh

ADDRESS_Y, ADDRESS_X, BASE_X, VECTOR_12, VECTOR_8, TIME_LOW, TIME_HIGH = 0, 2, 3, 4, 5, 6, 8
LOW_BITS = 12
COORDINATE, UPPER_BIT = 0x7FF, 11
CAMERAS = ("the first camera", "the second camera")

Words = NDArray[np.uint16]
Numbers = NDArray[np.int64]


class Evt3:
    """A word's upper four bits are its type; the state of the stream is kept between parts."""

    word: np.dtype[Any] = np.dtype("<u2")

    def __init__(self) -> None:
        self.dropped = 0
        self.cameras = dict.fromkeys(CAMERAS, 0)
        self._high, self._low = TimeHigh(12), 0
        self._row, self._base = 0, 0
        self._last_high = -1

    def feed(self, words: Words) -> tuple[Numbers, Numbers, Numbers, NDArray[np.bool_]]:
        """t, x, y, p of the events in the next words [W], each [N]."""
        kind, payload = words >> np.uint16(12), (words & 0xFFF).astype(np.int64)
        t, rows = self._times(kind, payload), self._rows(kind, payload)
        at, x, p = _in_order(_singles(kind, payload), self._vectors(kind, payload))
        timed = t[at] >= 0
        self.dropped += int(len(at) - np.count_nonzero(timed))
        at, x, p = at[timed], x[timed], p[timed]
        second = int(np.count_nonzero(rows[at] >> UPPER_BIT))
        self.cameras[CAMERAS[0]] += len(at) - second
        self.cameras[CAMERAS[1]] += second
        return t[at], x, rows[at] & COORDINATE, p

    def _times(self, kind: Words, payload: Numbers) -> Numbers:
        """The time at each word, −1 before the first; the lower bits begin again where the upper ones change."""
        highs = np.flatnonzero(kind == TIME_HIGH)
        high = self._high.feed(highs, payload[highs], len(kind))
        changed = highs[np.diff(payload[highs], prepend=self._last_high) != 0]
        lows = np.sort(np.concatenate([np.flatnonzero(kind == TIME_LOW), changed]), kind="stable")
        low = filled(lows, np.where(kind[lows] == TIME_LOW, payload[lows], 0), len(kind), self._low)
        if len(kind):
            self._low = int(low[-1])
        if len(highs):
            self._last_high = int(payload[highs[-1]])
        return np.where(high < 0, -1, high << LOW_BITS | low)

    def _rows(self, kind: Words, payload: Numbers) -> Numbers:
        """The row that holds at each word, with the bit that tells two cameras apart."""
        at = np.flatnonzero(kind == ADDRESS_Y)
        rows = filled(at, payload[at], len(kind), self._row)
        if len(rows):
            self._row = int(rows[-1])
        return rows

    def _vectors(self, kind: Words, payload: Numbers) -> tuple[Numbers, Numbers, NDArray[np.bool_]]:
        """(word, x, p) of the events in masks. A mask of 12 or 8 pixels moves the column on by as many."""
        step = np.where(kind == VECTOR_12, 12, 0) + np.where(kind == VECTOR_8, 8, 0)
        moved = np.cumsum(step) - step
        at = np.flatnonzero(kind == BASE_X)
        base = filled(at, payload[at] - moved[at], len(kind), self._base)
        polarity = filled(at, payload[at] >> UPPER_BIT, len(kind), self._base >> UPPER_BIT)
        vectors = np.flatnonzero(step)
        masks = (payload[vectors] & np.where(kind[vectors] == VECTOR_8, 0xFF, 0xFFF)).astype(np.uint16)
        place, bit = set_bits(masks)
        word = vectors[place]
        x = base[word] - (polarity[word] << UPPER_BIT) + moved[word] + bit
        if len(kind):
            column = int(base[-1] - (polarity[-1] << UPPER_BIT) + moved[-1] + step[-1])
            self._base = int(polarity[-1]) << UPPER_BIT | column & COORDINATE
        return word, x, polarity[word] == 1


def _singles(kind: Words, payload: Numbers) -> tuple[Numbers, Numbers, NDArray[np.bool_]]:
    at = np.flatnonzero(kind == ADDRESS_X)
    return at, payload[at] & COORDINATE, payload[at] >> UPPER_BIT == 1


def _in_order(*parts: tuple[Numbers, Numbers, NDArray[np.bool_]]) -> tuple[Numbers, Numbers, NDArray[np.bool_]]:
    """Events of several kinds of words in the order of their words."""
    at, x, p = (np.concatenate([part[k] for part in parts]) for k in range(3))
    order = np.argsort(at, kind="stable")
    return at[order], x[order], p[order].astype(np.bool_)
