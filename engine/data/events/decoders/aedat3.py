"""AEDAT 3.1, the format of DVS128 Gesture: packets with a little-endian header, read packet by packet."""

from __future__ import annotations

import struct
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from engine.data.events.recording import Recording, recording
from engine.data.events.streams import only_stream
from engine.errors import DataError

VERSION = b"#!AER-DAT3.1"
END_OF_HEADER = b"#!END-HEADER\r\n"
MAX_HEADER = 100_000
MAX_PACKETS = 5_000_000
PACKET = struct.Struct("<HHIIIIII")
"""Event type, source, event size, timestamp offset, timestamp overflow, capacity, number, valid."""
POLARITY, POLARITY_BYTES = 1, 8
CLOCK_BITS = 31

Part = tuple[NDArray[np.uint32], NDArray[np.int64]]
"""Data words and timestamps of a packet's valid events."""


def decode(data: bytes, name: str) -> Recording:
    """The valid polarity events of the one camera in it; packets of other types are skipped. Raises DataError."""
    if not data.startswith(VERSION):
        raise DataError(
            f"{name}: AEDAT 3.0, whose y counts from the bottom; only 3.1 is read: convert it with cAER or DV"
        )
    end = data.find(END_OF_HEADER, 0, MAX_HEADER)
    if end < 0:
        raise DataError(f"{name}: its header does not end within {MAX_HEADER:,} bytes")
    sources: dict[int, list[Part]] = {}
    for source, part in _polarity(data, end + len(END_OF_HEADER), name):
        if len(part[0]):
            sources.setdefault(source, []).append(part)
    counts = {f"source {source}": sum(len(part[0]) for part in parts) for source, parts in sources.items()}
    only_stream(name, counts)
    parts = next(iter(sources.values()), [])
    word = np.concatenate([part[0] for part in parts]) if parts else np.zeros(0, np.uint32)
    t = np.concatenate([part[1] for part in parts]) if parts else np.zeros(0, np.int64)
    return recording(name, t, word >> 17 & 0x7FFF, word >> 2 & 0x7FFF, word >> 1 & 1, (CLOCK_BITS,))


def _polarity(data: bytes, at: int, name: str) -> Iterator[tuple[int, Part]]:
    """(source, events) of every packet of polarity events. Raises DataError naming the damaged packet."""
    packets = 0
    while at < len(data):
        if at + PACKET.size > len(data):
            raise DataError(f"{name}: ends inside a packet's header at byte {at:,}; truncated?")
        if (packets := packets + 1) > MAX_PACKETS:
            raise DataError(f"{name}: holds more than {MAX_PACKETS:,} packets")
        kind, source, size, _, overflow, capacity, number, _ = PACKET.unpack_from(data, at)
        at += PACKET.size
        if size * capacity > len(data) - at or number > capacity:
            raise DataError(
                f"{name}: the packet at byte {at - PACKET.size:,} declares {capacity:,} events of {size:,} bytes, but "
                f"{len(data) - at:,} bytes are left"
            )
        if kind == POLARITY:
            if size != POLARITY_BYTES:
                raise DataError(f"{name}: polarity events have {POLARITY_BYTES} bytes, this packet says {size}")
            yield source, _valid(np.frombuffer(data, "<u4", 2 * number, at).reshape(-1, 2), overflow)
        at += size * capacity


def _valid(events: NDArray[np.uint32], overflow: int) -> Part:
    events = events[events[:, 0] & 1 == 1]
    return events[:, 0], events[:, 1].astype(np.int64) + (overflow << CLOCK_BITS)
