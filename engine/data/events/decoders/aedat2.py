"""AEDAT 2.0 of a DVS128, the format of CIFAR10-DVS: text header, then big-endian address and timestamp. No torch."""

from __future__ import annotations

import re

import numpy as np

from engine.data.events.recording import Recording, recording
from engine.errors import DataError

MAX_HEADER = 100_000
EVENT = 8
LAST = 127


def decode(data: bytes, name: str) -> Recording:
    """Turned as SpikingJelly turns CIFAR10-DVS, so that pictures stand upright. Raises DataError when damaged."""
    start = header_end(data, name)
    if (left := (len(data) - start) % EVENT) != 0:
        raise DataError(f"{name}: ends in the middle of an event ({left} bytes left over); truncated?")
    chip = re.search(rb"# AEChip: *(\S+)", data[:start])
    if chip and not chip[1].endswith(b"DVS128"):
        raise DataError(f"{name}: AEDAT 2.0 of the chip {chip[1][-60:].decode('latin1')!r}; only DVS128 is known")
    words = np.frombuffer(data, ">u4", offset=start).reshape(-1, 2)
    words = words[words[:, 0] & 0x8000 == 0]  # bit 15 marks external triggers
    address = words[:, 0].astype(np.int64)
    return recording(
        name,
        _unwrapped(words[:, 1].astype(np.int64)),
        LAST - (address >> 8 & 0x7F),
        LAST - (address >> 1 & 0x7F),
        address & 1 == 0,
    )


def header_end(data: bytes, name: str) -> int:
    """Where the lines that begin with # end. Raises DataError where they do not, within bounds."""
    at = 0
    while data[at : at + 1] == b"#":
        end = data.find(b"\n", at, MAX_HEADER)
        if end < 0:
            raise DataError(f"{name}: its header does not end within {MAX_HEADER:,} bytes")
        at = end + 1
    return at


def _unwrapped(t: np.ndarray) -> np.ndarray:
    """Timestamps of 32 bits overflow after 71 minutes: a fall by more than half the range is one overflow."""
    overflows = np.concatenate([[0], np.cumsum(np.diff(t) < -(1 << 31))]) if len(t) else t
    unwrapped: np.ndarray = t + (overflows << 32)
    return unwrapped
