"""Files of folders that may be damaged: regular files alone are opened, and at most so many bytes are read.

A named pipe would be waited for without end, a device may have no end, and opening either may do something.
"""

from __future__ import annotations

import json
import os
import stat
from io import BufferedRandom, BufferedReader
from pathlib import Path
from typing import Any

from engine.errors import FileError

KINDS = {
    stat.S_IFDIR: "a folder",
    stat.S_IFIFO: "a named pipe",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
}
MAX_DOCUMENT = 1_000_000
"""Most bytes of a small document, such as head.json."""
PIECE = 1 << 20


def open_file(path: Path) -> BufferedReader:
    """A regular file opened for reading. Raises FileError for anything else, at once."""
    return os.fdopen(_opened(path, os.O_RDONLY), "rb")


def open_to_append(path: Path) -> BufferedRandom:
    """A regular file opened for reading and writing, made where it is missing. Raises FileError for anything else."""
    return os.fdopen(_opened(path, os.O_RDWR | os.O_CREAT), "r+b")


def _opened(path: Path, flags: int) -> int:
    """The file's descriptor."""
    try:
        if not flags & os.O_CREAT or os.path.lexists(path):
            _require_regular(path, path.stat())
        descriptor = os.open(path, flags | os.O_NONBLOCK | os.O_CLOEXEC, 0o666)
        try:
            _require_regular(path, os.fstat(descriptor))  # it may have been replaced since
        except BaseException:
            os.close(descriptor)
            raise
        return descriptor
    except OSError as error:
        raise FileError(f"{path} {reason(path, error)}") from error


def _require_regular(path: Path, found: os.stat_result) -> None:
    if what := other_kind(found):
        raise FileError(f"{path} is {what}, not a file")


def other_kind(found: os.stat_result) -> str:
    """What it is that is no regular file; "" for one."""
    return "" if stat.S_ISREG(found.st_mode) else KINDS.get(stat.S_IFMT(found.st_mode), "something else")


def reason(path: Path, error: OSError) -> str:
    """Why the path cannot be opened, as the rest of a sentence that begins with it."""
    if isinstance(error, FileNotFoundError):
        if path.is_symlink():
            return f"is a link to {path.readlink()}, which does not exist"
        return "does not exist"
    return f"cannot be opened: {error.strerror}"


def read_file(path: Path, most: int) -> bytes:
    """The whole of a regular file of at most `most` bytes. Raises FileError."""
    found = bytearray()
    with open_file(path) as file:
        try:
            while len(found) <= most and (piece := file.read(PIECE)):
                found += piece
        except OSError as error:
            raise FileError(f"{path} cannot be read: {error.strerror}") from error
    if len(found) > most:
        raise FileError(f"{path} is longer than {most:,} bytes")
    return bytes(found)


def read_json(path: Path, most: int = MAX_DOCUMENT) -> Any:
    """The value of a JSON file. Raises FileError."""
    data = read_file(path, most)
    if not data.strip():
        raise FileError(f"{path} is empty")
    try:
        return json.loads(data)
    except (ValueError, RecursionError) as error:
        raise FileError(f"{path} is damaged: not JSON: {str(error)[:200]}") from error


def is_there(path: Path) -> bool:
    """Whether anything has this name, a link to nothing too. Raises OSError where that cannot be told."""
    try:
        path.lstat()
    except FileNotFoundError:
        return False
    return True
