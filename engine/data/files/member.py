"""One file of a folder or archive: its size held to a limit and to what was declared."""

from __future__ import annotations

from collections.abc import Iterable
from typing import IO

from engine.errors import DataError


def empty_folders(folders: Iterable[str], files: Iterable[str]) -> tuple[str, ...]:
    """The folders in which no file lies, not even further down."""
    filled: set[str] = set()
    for name in files:
        folder = name.rpartition("/")[0]
        while folder and folder not in filled:
            filled.add(folder)
            folder = folder.rpartition("/")[0]
    return tuple(sorted(set(folders) - filled))


def check_size(label: str, name: str, size: int, limit: int) -> None:
    if size > limit:
        raise DataError(f"{label}: {name[:80]} has {size:,} bytes; at most {limit:,}")


def whole(label: str, name: str, file: IO[bytes], size: int) -> bytes:
    data = file.read(size + 1)
    if len(data) != size:
        raise DataError(f"{label}: {name[:80]} is truncated, or changes while it is read")
    return data
