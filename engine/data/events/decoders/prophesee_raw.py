"""Prophesee RAW: which of EVT 2.0, 2.1 and 3.0 a file holds, decoded part by part."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from engine.data.events.decoders.evt2 import Evt2
from engine.data.events.decoders.evt3 import Evt3
from engine.data.events.decoders.evt21 import Evt21, big_half_first
from engine.data.events.decoders.prophesee_header import Header, check_size, read_header
from engine.data.events.recording import Recording, check_count, recording
from engine.data.events.streams import only_stream
from engine.errors import DataError

PART_BYTES = 1 << 21
"""Decoded at once, so that what a decoder works with stays small beside the events."""
ENCODINGS = {"evt2": "2.0", "evt21": "2.1", "evt3": "3.0", "2.0": "2.0", "2.1": "2.1", "3.0": "3.0"}

Part = tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64], NDArray[np.bool_]]
"""t, x, y, p of some events."""


class Decoder(Protocol):
    """Takes a stream's words part by part. `dropped` counts events before the first time, `cameras` those of each."""

    word: np.dtype[Any]
    dropped: int
    cameras: dict[str, int]

    def feed(self, words: NDArray[Any]) -> Part:
        """t, x, y, p of the events in the next words [W], each [N]."""
        ...


def is_raw(header: Header) -> bool:
    """Whether the header is that of a RAW file, and not of a DAT."""
    return "evt" in header.fields or "format" in header.fields


def decode(data: bytes, name: str) -> Recording:
    """Raises DataError where it is damaged, holds two cameras, or is encoded in no known way."""
    header = read_header(data, name)
    decoder = _decoder(data, header, name)
    if (left := (len(data) - header.end) % decoder.word.itemsize) != 0:
        raise DataError(f"{name}: ends in the middle of a word ({left} bytes left over); truncated?")
    parts, count = [], 0
    for part in _parts(data, header.end, decoder):
        count += len(part[0])
        check_count(name, count)
        check_size(name, header.size(), part[1], part[2])
        parts.append(_narrow(part))
    only_stream(name, decoder.cameras)
    notes = [f"{decoder.dropped:,} events before the first time were left out"] if decoder.dropped else []
    t, x, y, p = (np.concatenate([part[k] for part in parts]) if parts else np.zeros(0, np.int64) for k in range(4))
    return recording(name, t, x, y, p, notes=notes)


def _narrow(part: Part) -> tuple[NDArray[Any], ...]:
    """A fourth of the memory for coordinates, until all parts are put together."""
    t, x, y, p = part
    return t, x.astype(np.uint16), y.astype(np.uint16), p


def _parts(data: bytes, start: int, decoder: Decoder) -> Iterator[Part]:
    words = np.frombuffer(data, decoder.word, offset=start)
    each = PART_BYTES // decoder.word.itemsize
    for first in range(0, len(words), each):
        yield decoder.feed(words[first : first + each])


def _decoder(data: bytes, header: Header, name: str) -> Decoder:
    said = (header.fields.get("format", "").split(";")[0] or header.fields.get("evt", "")).strip()
    encoding = ENCODINGS.get(said.lower())
    if encoding is None:
        raise DataError(f"{name}: Prophesee RAW of {said[:40]!r}; read are EVT2 (2.0), EVT21 (2.1) and EVT3 (3.0)")
    if (order := header.fields.get("endianness", "little").lower()) not in ("little", "legacy"):
        raise DataError(f"{name}: Prophesee RAW in {order[:20]!r} byte order; only little-endian is read")
    if encoding == "2.0":
        return Evt2()
    if encoding == "3.0":
        return Evt3()
    return Evt21(big_half_first(data, header, name))
