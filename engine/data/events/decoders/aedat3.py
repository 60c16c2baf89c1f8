"""AEDAT 3.1, the format of DVS128 Gesture: packets with a little-endian header, read packet by packet. No torch."""

from __future__ import annotations

import struct

import numpy as np

from engine.data.events.recording import Recording, recording
from engine.errors import DataError

END_OF_HEADER = b"#!END-HEADER\r\n"
MAX_HEADER = 100_000
PACKET = struct.Struct("<HHIIIIII")
"""Event type, source, event size, timestamp offset, timestamp overflow, capacity, number, valid."""
POLARITY, POLARITY_BYTES = 1, 8


def decode(data: bytes, name: str) -> Recording:
    """The valid polarity events; packets of other types are skipped. Raises DataError naming the damaged packet."""
    end = data.find(END_OF_HEADER, 0, MAX_HEADER)
    if end < 0:
        raise DataError(f"{name}: its header does not end within {MAX_HEADER:,} bytes")
    at, words, times = end + len(END_OF_HEADER), [], []
    while at < len(data):
        if at + PACKET.size > len(data):
            raise DataError(f"{name}: ends inside a packet's header at byte {at:,}; truncated?")
        kind, _, size, _, overflow, capacity, number, _ = PACKET.unpack_from(data, at)
        at += PACKET.size
        if size * capacity > len(data) - at or number > capacity:
            raise DataError(
                f"{name}: the packet at byte {at - PACKET.size:,} declares {capacity:,} events of {size:,} bytes, but "
                f"{len(data) - at:,} bytes are left"
            )
        if kind == POLARITY:
            if size != POLARITY_BYTES:
                raise DataError(f"{name}: polarity events have {POLARITY_BYTES} bytes, this packet says {size}")
            events = np.frombuffer(data, "<u4", 2 * number, at).reshape(-1, 2)
            events = events[events[:, 0] & 1 == 1]
            words.append(events[:, 0])
            times.append(events[:, 1].astype(np.int64) + (overflow << 31))
        at += size * capacity
    word = np.concatenate(words) if words else np.zeros(0, np.uint32)
    t = np.concatenate(times) if times else np.zeros(0, np.int64)
    return recording(name, t, word >> 17 & 0x7FFF, word >> 2 & 0x7FFF, word >> 1 & 1)
