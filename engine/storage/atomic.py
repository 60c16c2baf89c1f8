"""Atomic writes of whole files, and the JSON metadata of a checkpoint."""

from __future__ import annotations

import hashlib
import json
import os
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from engine.errors import CheckpointError

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
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        with temporary.open("wb") as file:
            write_all(file, data)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except OSError:
        temporary.unlink(missing_ok=True)
        raise
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
    return Written(path.name, hashlib.sha256(data).hexdigest(), len(data))


def verify(path: Path, sha256: str | None) -> None:
    """Raise CheckpointError unless the file is there and, where given, has this SHA-256."""
    if not path.is_file():
        raise CheckpointError(f"{path} does not exist")
    if sha256 is None:
        return
    with path.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if found != sha256:
        raise CheckpointError(f"{path.name} is damaged: its SHA-256 is {found[:12]}…, recorded was {sha256[:12]}…")


def read_metadata(path: Path, sha256: str | None) -> dict[str, Any]:
    """A checkpoint's metadata without its tensors. Raises CheckpointError."""
    verify(path, sha256)
    with path.open("rb") as file:
        try:
            (length,) = struct.unpack("<Q", file.read(8))
            header = json.loads(file.read(min(length, LONGEST_HEADER)))
            found: dict[str, Any] = json.loads(header["__metadata__"][METADATA_KEY])
        except (struct.error, ValueError, KeyError, TypeError) as error:
            raise CheckpointError(f"{path.name} is not a safetensors checkpoint: {error}") from error
    return found


def write_metadata(path: Path, metadata: dict[str, Any]) -> Written:
    """A checkpoint without tensors, as `checkpoint.write(path, {}, metadata)` makes it."""
    header = json.dumps({"__metadata__": {METADATA_KEY: json.dumps(metadata, sort_keys=True)}}, separators=(",", ":"))
    data = header.encode()
    data += b" " * (-len(data) % 8)
    return write_bytes(path, struct.pack("<Q", len(data)) + data)
