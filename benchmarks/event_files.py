"""Event files of made-up events in each format that SpikingJelly has no reader for, to time decoders on."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.int64]
WIDTH, HEIGHT, SECONDS = 640, 480, 60


@dataclass(frozen=True)
class Made:
    """Columns [events], in order of time."""

    t: Numbers
    x: Numbers
    y: Numbers
    p: Numbers


def made(count: int) -> Made:
    """Random events of a minute on 640×480 pixels, always the same."""
    rng = np.random.default_rng(15)
    t = np.sort(rng.integers(0, SECONDS * 1_000_000, count))
    return Made(t, rng.integers(0, WIDTH, count), rng.integers(0, HEIGHT, count), rng.integers(0, 2, count))


def davis(events: Made) -> bytes:
    words = np.stack([events.x << 12 | events.y << 22 | events.p << 11, events.t], 1)
    return b"#!AER-DAT2.0\r\n# AEChip: DAVIS640\r\n" + words.astype(">u4").tobytes()


def dat(events: Made) -> bytes:
    words = np.stack([events.t, events.x | events.y << 14 | events.p << 28], 1)
    return b"% Version 2\n\x0c\x08" + words.astype("<u4").tobytes()


def evt2(events: Made) -> bytes:
    words = events.p << 28 | (events.t & 63) << 22 | events.x << 11 | events.y
    return b"% evt 2.0\n% end\n" + _with_times(events, words, 8 << 28, 0).astype("<u4").tobytes()


def evt21(events: Made) -> bytes:
    """One pixel a mask: the most words that so many events can take."""
    words = events.p << 60 | (events.t & 63) << 54 | (events.x & ~31) << 43 | events.y << 32 | 1 << (events.x & 31)
    timed = _with_times(events, words, -8 << 60, 32)  # 8 in the upper four bits, as a signed number
    return b"% format EVT21;endianness=little\n% end\n" + timed.astype("<i8").tobytes()


def evt3(events: Made) -> bytes:
    """Four words an event, none of them a vector: the most that so many events can take."""
    high, low = 8 << 12 | (events.t >> 12 & 0xFFF), 6 << 12 | events.t & 0xFFF
    words = np.stack([high, low, events.y, 2 << 12 | events.p << 11 | events.x], 1)
    return b"% evt 3.0\n% end\n" + words.astype("<u2").tobytes()


def npy(events: Made) -> bytes:
    array = np.empty(len(events.t), [("x", "<i2"), ("y", "<i2"), ("t", "<i8"), ("p", "?")])
    array["x"], array["y"], array["t"], array["p"] = events.x, events.y, events.t, events.p
    file = io.BytesIO()
    np.save(file, array)
    return file.getvalue()


def hdf5(events: Made) -> bytes:
    """As DSEC lays it out, with gzip in the place of blosc."""
    import h5py

    file = io.BytesIO()
    with h5py.File(file, "w") as opened:
        for key, kind in (("x", "<u2"), ("y", "<u2"), ("p", "u1"), ("t", "<u4")):
            column = getattr(events, key).astype(kind)
            opened.create_dataset(
                f"events/{key}", data=column, chunks=(min(1 << 16, len(column)),), compression=1, shuffle=True
            )
    return file.getvalue()


def _with_times(events: Made, words: Numbers, mark: int, shift: int) -> Numbers:
    """Before the first event of every 64 µs the word that sets the upper bits of its time."""
    new = np.flatnonzero(np.diff(events.t >> 6, prepend=-1))
    found: Numbers = np.insert(words, new, mark | (events.t[new] >> 6) << shift)
    return found


FILES: Mapping[str, tuple[str, Callable[[Made], bytes]]] = {
    "AEDAT 2.0 of a DAVIS": ("a.aedat", davis),
    "Prophesee DAT": ("a.dat", dat),
    "Prophesee EVT 2.0": ("a.raw", evt2),
    "Prophesee EVT 2.1": ("a.raw", evt21),
    "Prophesee EVT 3.0": ("a.raw", evt3),
    ".npy with fields": ("a.npy", npy),
    "HDF5, gzip": ("a.h5", hdf5),
}
