"""One file of a folder or archive: its size held to a limit and to what was declared. No torch."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import PurePosixPath
from typing import IO

from engine.errors import DataError


def empty_folders(folders: Iterable[str], files: Iterable[str]) -> tuple[str, ...]:
    """The folders in which no file lies, not even further down."""
    filled = {str(parent) for name in files for parent in PurePosixPath(name).parents}
    return tuple(sorted(set(folders) - filled))


def check_size(label: str, name: str, size: int, limit: int) -> None:
    if size > limit:
        raise DataError(f"{label}: {name[:80]} has {size:,} bytes; at most {limit:,}")


def whole(label: str, name: str, file: IO[bytes], size: int) -> bytes:
    data = file.read(size + 1)
    if len(data) != size:
        raise DataError(f"{label}: {name[:80]} is truncated, or changes while it is read")
    return data
