"""Event files to recordings, one decoder a format, chosen by the file's first bytes. No torch."""

from __future__ import annotations

from engine.data.events.decoders import aedat2, aedat3, aedat4, atis, event_arrays
from engine.data.events.recording import Recording
from engine.errors import DataError

SUFFIXES = (".aedat", ".aedat4", ".bin", ".bs2", ".npz")
MAX_BYTES = 1_000_000_000
MAGIC = {
    b"#!AER-DAT2": aedat2.decode,
    b"#!AER-DAT3": aedat3.decode,
    b"#!AER-DAT4": aedat4.decode,
    b"PK\x03\x04": event_arrays.decode,
}


def decode(data: bytes, name: str) -> Recording:
    """The events of one file. Raises DataError naming it where it is damaged, empty or of no known format."""
    for magic, decoder in MAGIC.items():
        if data.startswith(magic):
            return decoder(data, name)
    if name.lower().endswith((".bin", ".bs2")):
        return atis.decode(data, name)
    raise DataError(f"{name}: no known event format: neither AEDAT 2, 3.1 or 4, nor ATIS .bin, nor .npz of t, x, y, p")
