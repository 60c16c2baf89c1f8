"""Prophesee EVT 2.1: 64-bit words, each with a mask of 32 pixels beside one another."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.data.events.decoders.fill import set_bits
from engine.data.events.decoders.prophesee_header import Header
from engine.data.events.decoders.time_high import TimeHigh
from engine.errors import DataError

ON, TIME_HIGH = 1, 8
KNOWN = (0, 1, 8, 10, 14, 15)
"""Types of words there are: OFF, ON, time, trigger, others, continued."""
LOW_BITS = 6
LOOKED_AT = 100_000


class Evt21:
    """Words "type, 6 bits of time, x, y" with a mask: bit k is an event at x + k.

    `big_half_first`: the half with the type comes first in the file, as the IMX636 sends it; else the mask does.
    """

    word: np.dtype[Any] = np.dtype("<u8")

    def __init__(self, big_half_first: bool) -> None:
        self.dropped = 0
        self.cameras: dict[str, int] = {}
        self._high = TimeHigh(28)
        self._head, self._mask = (0, 1) if big_half_first else (1, 0)

    def feed(
        self, words: NDArray[np.uint64]
    ) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64], NDArray[np.bool_]]:
        """t, x, y, p of the events in the next words [W], each [N]."""
        halves = words.view("<u4").reshape(-1, 2)
        head, masks = halves[:, self._head], halves[:, self._mask]
        kind = head >> 28
        highs = np.flatnonzero(kind == TIME_HIGH)
        high = self._high.feed(highs, head[highs].astype(np.int64) & 0xFFF_FFFF, len(head))
        events = np.flatnonzero(kind <= ON)
        timed = high[events] >= 0
        self.dropped += int(np.bitwise_count(masks[events[~timed]]).sum())
        events = events[timed]
        place, bit = set_bits(masks[events])
        word = head[events].astype(np.int64)
        t = high[events] << LOW_BITS | word >> 22 & 0x3F
        return t[place], (word >> 11 & 0x7FF)[place] + bit, (word & 0x7FF)[place], (kind[events] == ON)[place]


def big_half_first(data: bytes, header: Header, name: str) -> bool:
    """As the header says; where it says nothing, the order in which every word has a type that there is.

    Raises DataError where neither order has. Where both have, the file is plain little-endian, as its makers read it.
    """
    said = header.fields.get("endianness")
    if said is not None:
        return said.lower() == "legacy"
    count = min(LOOKED_AT, (len(data) - header.end) // 8)
    halves = np.frombuffer(data, "<u4", 2 * count, header.end).reshape(-1, 2)
    first, second = (bool(np.isin(halves[:, k] >> 28, KNOWN).all()) for k in (0, 1))
    if not (first or second):
        raise DataError(f"{name}: no EVT 2.1 in either order of its halves: words of unknown types")
    return first and not second
