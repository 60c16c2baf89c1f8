"""ATIS .bin as N-MNIST and N-Caltech101 have it: five bytes an event, x, y, polarity and 23 bits of time."""

from __future__ import annotations

import numpy as np

from engine.data.events.recording import Recording, recording
from engine.errors import DataError

EVENT = 5
CLOCK_BITS = 23
TIME_MARKER, MARKER_STEP = 240, 1 << 13
"""An "event" in row 240, which no sensor of this format has, moves the clock on."""


def decode(data: bytes, name: str) -> Recording:
    """Raises DataError where the file ends in the middle of an event."""
    if (left := len(data) % EVENT) != 0:
        raise DataError(f"{name}: {len(data):,} bytes are no whole number of 5-byte events ({left} left over)")
    rows = np.frombuffer(data, np.uint8).reshape(-1, EVENT)
    high, middle, low = (rows[:, k].astype(np.int64) for k in (2, 3, 4))
    markers = rows[:, 1] == TIME_MARKER
    t = (high & 0x7F) << 16 | middle << 8 | low
    t += MARKER_STEP * np.cumsum(markers)
    events = ~markers
    x, y, p = (column[events] for column in (rows[:, 0], rows[:, 1], rows[:, 2] >> 7))
    return recording(name, t[events], x, y, p, (CLOCK_BITS,))
