"""Atomic writes of whole files, and the JSON metadata of a checkpoint."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import struct
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from io import BufferedReader
from pathlib import Path
from typing import IO, Any

from engine.errors import CheckpointError, FileError
from engine.storage.files import open_file, other_kind

METADATA_KEY = "autosnn"
LONGEST_HEADER = 100_000_000
"""Most bytes of a header: the limit of the safetensors format itself."""


@dataclass(frozen=True)
class Written:
    """A file that is safely on disk, with its size in bytes."""

    name: str
    sha256: str
    size: int


def write_all(file: IO[bytes], data: bytes) -> None:
    """Write `data`. It is a function of its own so that a test can let the disk fill up at any byte."""
    file.write(data)


def write_bytes(path: Path, data: bytes) -> Written:
    """Replace `path` atomically: whatever crashes, a reader sees the old file or the new one. Raises OSError."""
    _require_replaceable(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        with temporary.open("wb") as file:
            write_all(file, data)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except OSError as error:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
        raise _naming(path, error) from error
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
    return Written(path.name, hashlib.sha256(data).hexdigest(), len(data))


def _require_replaceable(path: Path) -> None:
    """Raise OSError for what is no file: a device or a pipe would be gone."""
    if not path.name:
        raise OSError(errno.EISDIR, "is a folder, not a file", str(path))
    with suppress(FileNotFoundError):
        if what := other_kind(path.stat()):
            raise OSError(errno.EINVAL, f"is {what}, not a file", str(path))


def _naming(path: Path, error: OSError) -> OSError:
    """The same with the file's own name, not the temporary one's; a write that fails names none."""
    return OSError(error.errno, error.strerror, str(path))


def verify(path: Path, sha256: str | None) -> None:
    """Raise CheckpointError unless the file is there and, where given, has this SHA-256."""
    with _opened(path) as file:
        if sha256 is None:
            return
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if found != sha256:
        raise CheckpointError(f"{path.name} is damaged: its SHA-256 is {found[:12]}…, recorded was {sha256[:12]}…")


@contextmanager
def _opened(path: Path) -> Iterator[BufferedReader]:
    """The regular file, and what the system says about it as CheckpointError."""
    try:
        with open_file(path) as file:
            yield file
    except FileError as error:
        raise CheckpointError(str(error)) from error
    except OSError as error:
        raise CheckpointError(f"{path} cannot be read: {error.strerror}") from error


def read_metadata(path: Path, sha256: str | None) -> dict[str, Any]:
    """A checkpoint's metadata without its tensors. Raises CheckpointError."""
    verify(path, sha256)
    with _opened(path) as file:
        try:
            (length,) = struct.unpack("<Q", file.read(8))
            header = json.loads(file.read(min(length, LONGEST_HEADER)))
            found: dict[str, Any] = json.loads(header["__metadata__"][METADATA_KEY])
        except (struct.error, ValueError, KeyError, TypeError, RecursionError) as error:
            raise CheckpointError(f"{path.name} is not a safetensors checkpoint: {error}") from error
    if not isinstance(found, dict):
        raise CheckpointError(f"{path.name} is not a safetensors checkpoint of this software")
    return found


def write_metadata(path: Path, metadata: dict[str, Any]) -> Written:
    """A checkpoint without tensors, as `checkpoint.write(path, {}, metadata)` makes it."""
    header = json.dumps({"__metadata__": {METADATA_KEY: json.dumps(metadata, sort_keys=True)}}, separators=(",", ":"))
    data = header.encode()
    data += b" " * (-len(data) % 8)
    return write_bytes(path, struct.pack("<Q", len(data)) + data)
