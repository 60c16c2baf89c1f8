"""Events as an .npz of t, x, y and p. No torch."""

from __future__ import annotations

from typing import Any

import numpy as np

from engine.data.events.recording import MAX_EVENTS, Recording, recording
from engine.data.files.npy import read_npz
from engine.errors import DataError

KEYS = ("t", "x", "y", "p")
LARGEST = 8
"""Bytes of the widest number an event's field has."""


def decode(data: bytes, name: str) -> Recording:
    """Four one-dimensional arrays of whole numbers (p may be boolean; t in µs). Raises DataError naming the array."""
    columns = read_npz(data, name, KEYS, MAX_EVENTS * LARGEST)
    for key in KEYS:
        _check(name, key, columns[key], len(columns["t"]))
    for key in ("x", "y"):
        if len(columns[key]) and not 0 <= columns[key].min() <= columns[key].max() < 1 << 15:
            raise DataError(f"{name}: {key} must be 0 to 32,767, got {columns[key].min()} to {columns[key].max()}")
    return recording(name, columns["t"], columns["x"], columns["y"], columns["p"] > 0)


def _check(name: str, key: str, column: np.ndarray[Any, Any], count: int) -> None:
    if column.ndim != 1 or column.dtype.kind not in ("biu" if key == "p" else "iu"):
        raise DataError(f"{name}: {key} must be whole numbers [events], got {column.dtype} {list(column.shape)}")
    if len(column) != count:
        raise DataError(f"{name}: t has {count:,} events but {key} {len(column):,}")
    if key == "p" and column.dtype.kind != "b" and not np.isin(column, (-1, 0, 1)).all():
        raise DataError(f"{name}: p must be 0 and 1 (or −1 and 1), got {np.unique(column)[:5].tolist()}")
