"""Events that people keep as arrays: which array or field is t, x, y and p, and the bounds of each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from engine.data.events.recording import Recording, check_count, recording
from engine.errors import DataError

Array = np.ndarray[Any, Any]
KEYS = ("t", "x", "y", "p")
NAMES: Mapping[str, tuple[str, ...]] = {
    "t": ("t", "ts", "time", "times", "timestamp", "timestamps"),
    "x": ("x", "xs"),
    "y": ("y", "ys"),
    "p": ("p", "ps", "pol", "polarity", "polarities", "on"),
}
MOST_PIXELS = 1 << 15
NO_PIXEL = 2048
"""A column with a number no sensor's pixel has is time."""
LATEST = 1 << 62
WIDE_CLOCKS = (32, 31)
"""Widths of the clocks whose times people keep in wider numbers."""


def named_columns(names: Iterable[str]) -> dict[str, str]:
    """Which of `names` is t, x, y and p, in any case; those that none is are left out."""
    lower: dict[str, str] = {}
    for name in names:
        lower.setdefault(name.lower(), name)
    found = {key: next((lower[other] for other in others if other in lower), None) for key, others in NAMES.items()}
    return {key: name for key, name in found.items() if name is not None}


def from_columns(name: str, columns: Mapping[str, Array], titles: Mapping[str, str] | None = None) -> Recording:
    """A recording from arrays t (µs), x, y and p, [events] each; p may be boolean, or −1 and 1.

    `titles` are their names in the file. Raises DataError naming the array that is wrong.
    """
    titles = titles or {key: key for key in KEYS}
    count = len(columns["t"]) if columns["t"].ndim else 0
    check_count(name, count)
    whole = {key: _checked(name, key, titles[key], columns[key], count) for key in KEYS}
    clocks = _clocks(columns["t"].dtype)
    return recording(name, whole["t"], whole["x"], whole["y"], whole["p"] > 0, clocks, shuffled=True)


def from_array(name: str, array: Array) -> Recording:
    """A recording from one array: with fields, or of numbers [events, 4]. Raises DataError."""
    if array.dtype.names is not None:
        titles = named_columns(array.dtype.names)
        if missing := [key for key in KEYS if key not in titles]:
            raise DataError(
                f"{name}: no field for {', '.join(missing)}; its fields are {', '.join(array.dtype.names)[:120]}"
            )
        return from_columns(name, {key: array[titles[key]] for key in KEYS}, titles)
    if array.ndim != 2 or array.shape[1] != len(KEYS):
        raise DataError(f"{name}: events are fields t, x, y, p, or numbers [events, 4]; got {_described(array)}")
    order = _order_of_columns(name, array)
    found = from_columns(name, {key: array[:, place] for key, place in zip(KEYS, order, strict=True)})
    said = ", ".join(KEYS[order.index(place)] for place in range(len(KEYS)))
    return Recording(found.t, found.x, found.y, found.p, (f"columns taken as {said}", *found.notes))


def _order_of_columns(name: str, array: Array) -> Sequence[int]:
    """Places of t, x, y, p: polarity is the one column of two values, time the one that rises; x comes before y."""
    columns = [array[:, place] for place in range(len(KEYS))]
    signs = [k for k, column in enumerate(columns) if np.isin(column, (-1, 0, 1)).all()]
    times = [k for k, column in enumerate(columns) if k not in signs and column.max(initial=0) >= NO_PIXEL]
    times = times or [k for k, column in enumerate(columns) if k not in signs and not np.any(column[1:] < column[:-1])]
    if len(array) and (len(signs) != 1 or len(times) != 1):
        raise DataError(
            f"{name}: an array {list(array.shape)} whose columns do not tell which is t, x, y and p (p holds two "
            "values, t alone rises or passes 2,047); save them under their names"
        )
    if not len(array):
        return (0, 1, 2, 3)
    x, y = (k for k in range(len(KEYS)) if k not in (*signs, *times))
    return (times[0], x, y, signs[0])


def _checked(name: str, key: str, title: str, column: Array, count: int) -> Array:
    if column.ndim != 1 or column.dtype.kind not in ("biuf" if key == "p" else "iuf") or not _is_whole(column):
        hint = "; in seconds? multiply by 1,000,000" if key == "t" and column.dtype.kind == "f" else ""
        raise DataError(f"{name}: {title} must be whole numbers [events], got {_described(column)}{hint}")
    if len(column) != count:
        raise DataError(f"{name}: t has {count:,} events but {title} {len(column):,}")
    if not count:
        return column
    low, high = column.min(), column.max()
    if key in "xy" and not 0 <= low <= high < MOST_PIXELS:
        raise DataError(f"{name}: {title} must be 0 to {MOST_PIXELS - 1:,}, got {low} to {high}")
    if key == "t" and not -LATEST < int(low) <= int(high) < LATEST:
        raise DataError(f"{name}: {title} must lie within ±{LATEST:,} µs, got {low} to {high}")
    if key == "p" and column.dtype.kind != "b" and not np.isin(column, (-1, 0, 1)).all():
        raise DataError(f"{name}: {title} must be 0 and 1 (or −1 and 1), got {np.unique(column)[:5].tolist()}")
    return column


def _is_whole(column: Array) -> bool:
    if column.dtype.kind != "f":
        return True
    return bool(np.isfinite(column).all() and (column == np.floor(column)).all())


def _clocks(dtype: np.dtype[Any]) -> tuple[int, ...]:
    """After how many bits the clock may overflow: those of its numbers, and those of a camera's clock kept in wider."""
    own = 8 * dtype.itemsize
    return WIDE_CLOCKS if dtype.kind == "f" or own >= max(WIDE_CLOCKS) else (own,)


def _described(column: Array) -> str:
    return f"{column.dtype} {list(column.shape)}"
