"""Event files to recordings, one decoder a format, chosen by the file's first bytes."""

from __future__ import annotations

import re

from engine.data.events.decoders import (
    aedat2,
    aedat3,
    aedat4,
    atis,
    event_npy,
    event_npz,
    hdf5,
    prophesee_dat,
    prophesee_raw,
)
from engine.data.events.decoders.prophesee_header import MARK, read_header
from engine.data.events.formats import FORMATS, SUFFIXES
from engine.data.events.recording import EmptyRecordingError, Recording
from engine.errors import DataError

__all__ = ["MAX_BYTES", "SUFFIXES", "decode", "is_event_file"]

MAX_BYTES = 1_000_000_000
AEDAT2 = b"#!AER-DAT2"
MAGIC = {
    b"#!AER-DAT3": aedat3.decode,
    b"#!AER-DAT4": aedat4.decode,
    b"PK\x03\x04": event_npz.decode,
    b"\x93NUMPY": event_npy.decode,
    b"\x89HDF\r\n\x1a\n": hdf5.decode,
}
ATIS = (".bin", ".bs2")
OUTLINE = re.compile(r"annotation_\d+\.bin", re.IGNORECASE)


def decode(data: bytes, name: str, turned: bool = False) -> Recording:
    """The events of one file; `turned` as CIFAR10-DVS needs its AEDAT 2.0.

    Raises DataError naming the file where it is damaged, empty or of no known format.
    """
    if not data:
        raise EmptyRecordingError(f"{name}: holds no events: it is empty")
    if data.startswith(AEDAT2):
        return aedat2.decode(data, name, turned)
    for magic, decoder in MAGIC.items():
        if data.startswith(magic):
            return decoder(data, name)
    if data.startswith(MARK):
        raw = prophesee_raw.is_raw(read_header(data, name))
        return prophesee_raw.decode(data, name) if raw else prophesee_dat.decode(data, name)
    if name.lower().endswith(ATIS):
        return atis.decode(data, name)
    known = ", ".join(known.title for known in FORMATS)
    raise DataError(f"{name}: no known event format; read are {known}")


def is_event_file(name: str) -> bool:
    """Whether a file's name is that of a recording; N-Caltech101 also brings outlines, annotation_0001.bin."""
    return name.lower().endswith(SUFFIXES) and OUTLINE.fullmatch(name.split("/")[-1]) is None
