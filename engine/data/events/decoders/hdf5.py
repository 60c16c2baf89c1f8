"""HDF5 of events: x, y, p and t of one camera (DSEC), or one array of events (v2e)."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from engine.data.events.decoders.columns import KEYS, from_array, from_columns, named_columns
from engine.data.events.decoders.hdf5_limits import children, read_dataset
from engine.data.events.recording import MAX_EVENTS, Recording
from engine.data.events.streams import only_stream
from engine.errors import DataError

if TYPE_CHECKING:
    import h5py

OFFSET = "t_offset"
LONGEST_LIST = 8
UNREADABLE = (OSError, RuntimeError, ValueError, KeyError, TypeError, OverflowError, MemoryError)
"""What h5py raises over damaged files."""

Candidate = tuple[str, Any]
"""Path of a group of columns or of a dataset of events, and the object."""


def decode(data: bytes, name: str) -> Recording:
    """The events of the one camera in it. Raises DataError where there are two, or none, or it is damaged."""
    import h5py  # compiled; loaded where such a file turns up

    try:
        with h5py.File(io.BytesIO(data), "r") as file:
            return _decoded(file, name)
    except DataError:
        raise
    except UNREADABLE as error:
        raise DataError(f"{name}: not a readable HDF5 file, or truncated: {str(error)[:120]}") from error


def _decoded(file: h5py.File, name: str) -> Recording:
    found, seen = _candidates(file, name)
    if not found:
        raise DataError(_nothing_found(name, seen))
    only_stream(name, {path or "/": _length(item) for path, item in found})
    path, item = next((each for each in found if _length(each[1])), found[0])
    if isinstance(item, dict):
        columns = {key: read_dataset(item[key], f"{name}: {path}/{key}", MAX_EVENTS) for key in KEYS}
        _add_offset(columns, item.get(OFFSET), name)
        return from_columns(name, columns, {key: f"{path}/{key}".lstrip("/") for key in KEYS})
    return from_array(f"{name}: {path}", read_dataset(item, f"{name}: {path}", MAX_EVENTS))


def _candidates(file: h5py.File, name: str) -> tuple[list[Candidate], list[str]]:
    """Where events may be, and the paths of everything seen."""
    found: list[Candidate] = []
    seen: list[str] = []
    for path, members in _groups(file, name):
        seen += [f"{path}/{key}".lstrip("/") for key in members]
        titles = named_columns(members)
        if len(titles) == len(KEYS) and all(hasattr(members[title], "dtype") for title in titles.values()):
            found.append((path, {key: members[title] for key, title in titles.items()} | _offset(file, members)))
            continue
        found += [(f"{path}/{key}".lstrip("/"), item) for key, item in members.items() if _is_events(key, item)]
    return found, seen


def _groups(file: h5py.File, name: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every group's path with its members, the outer ones first; no link is followed."""
    waiting: list[tuple[str, Any]] = [("", file)]
    looked = 0
    while waiting:
        path, group = waiting.pop(0)
        members = children(group, name, looked)
        looked += len(members)
        yield path, members
        waiting += [(f"{path}/{key}".lstrip("/"), item) for key, item in members.items() if not hasattr(item, "dtype")]


def _offset(file: h5py.File, members: dict[str, Any]) -> dict[str, Any]:
    """DSEC keeps what is to be added to every t beside the events' group."""
    beside = members.get(OFFSET) or (file.get(OFFSET) if _is_own(file, OFFSET) else None)
    return {OFFSET: beside} if beside is not None and getattr(beside, "shape", None) == () else {}


def _is_own(file: h5py.File, key: str) -> bool:
    import h5py

    return isinstance(file.get(key, getlink=True), h5py.HardLink)


def _is_events(key: str, item: Any) -> bool:
    if not hasattr(item, "dtype"):
        return False
    if item.dtype.names is not None:
        return len(named_columns(item.dtype.names)) == len(KEYS)
    return "events" in key.lower() and len(item.shape) == 2 and item.shape[1] == len(KEYS)


def _length(item: Any) -> int:
    shape = item["t"].shape if isinstance(item, dict) else item.shape
    return int(shape[0]) if shape else 0


def _add_offset(columns: dict[str, Any], offset: Any, name: str) -> None:
    if offset is None or offset.dtype.kind not in "iu" or columns["t"].dtype.kind not in "iu":
        return
    value = int(read_dataset(offset, f"{name}: {OFFSET}", 1))
    if abs(value) < 1 << 62 and columns["t"].dtype != np.uint64:
        columns["t"] = columns["t"].astype(np.int64) + value


def _nothing_found(name: str, seen: list[str]) -> str:
    listed = ", ".join(path[:40] for path in seen[:LONGEST_LIST]) or "nothing"
    if {"spikes/times", "spikes/units"} <= set(seen):
        return (
            f"{name}: spikes of units (SHD, SSC): sound in one dimension, unit by time, without x and y; the networks "
            "here take pictures of events, so it is not read"
        )
    return (
        f"{name}: holds no events: neither x, y, p and t in one group nor an array events [events, 4]; it has {listed}"
    )
