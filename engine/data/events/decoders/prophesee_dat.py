"""Prophesee DAT, version 1 (ATIS, N-Cars) and 2: decoded events of eight bytes."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from engine.data.events.decoders.prophesee_header import Header, check_size, read_header
from engine.data.events.recording import Recording, recording
from engine.errors import DataError

EVENT, CLOCK_BITS = 8, 32
CONTRAST = (0, 12)
"""Types of events of a pixel: 2D and contrast detection."""
BITS = {1: (9, 8), 2: (14, 14)}
"""Bits of x and of y by the format's version; x is the lowest, the polarity follows y."""


def decode(data: bytes, name: str) -> Recording:
    """Raises DataError where it is damaged, or holds events of another type."""
    header = read_header(data, name)
    start = _checked_start(data, header, name)
    words = np.frombuffer(data, "<u4", offset=start).reshape(-1, 2)
    version, notes = _version(header, words[:, 1], name)
    x_bits, y_bits = BITS[version]
    x = (words[:, 1] & ((1 << x_bits) - 1)).astype(np.int64)
    y = (words[:, 1] >> x_bits & ((1 << y_bits) - 1)).astype(np.int64)
    check_size(name, header.size(), x, y)
    return recording(name, words[:, 0], x, y, words[:, 1] >> (x_bits + y_bits) & 1, (CLOCK_BITS,), notes)


def _checked_start(data: bytes, header: Header, name: str) -> int:
    """Where the events begin: two bytes, their type and size, follow the header."""
    start = header.end + 2
    if not header.end or len(data) < start:
        raise DataError(f"{name}: no Prophesee DAT file, or truncated: its header is missing")
    kind, size = data[header.end], data[header.end + 1]
    if size != EVENT or kind not in CONTRAST:
        raise DataError(f"{name}: DAT events of type {kind} and {size} bytes; only events of pixels, of {EVENT} bytes")
    if (left := (len(data) - start) % EVENT) != 0:
        raise DataError(f"{name}: ends in the middle of an event ({left} bytes left over); truncated?")
    return start


def _version(header: Header, words: NDArray[np.uint32], name: str) -> tuple[int, tuple[str, ...]]:
    """As the header says; where it says nothing, 1 if no event has a bit that only version 2 uses."""
    said = header.fields.get("version")
    if said is None:
        version = 2 if np.any(words >> sum(BITS[1]) + 1) else 1
        return version, (f"DAT without a version; read as version {version} by the bits its events use",)
    if said not in ("0", "1", "2"):
        raise DataError(f"{name}: DAT version {said[:20]!r}; only 1 and 2 are known")
    return max(1, int(said)), ()
