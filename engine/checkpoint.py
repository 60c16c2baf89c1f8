"""Checkpoints: tensors and JSON metadata in one safetensors file, written atomically, verified on load."""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from safetensors import SafetensorError, safe_open
from safetensors.torch import save
from torch import Tensor

from engine.errors import CheckpointError

METADATA_KEY = "autosnn"


@dataclass(frozen=True)
class Written:
    """A file that is safely on disk."""

    name: str
    sha256: str
    size: int


def write(path: Path, tensors: dict[str, Tensor], metadata: dict[str, Any]) -> Written:
    """Write tensors and metadata: temporary file, fsync, rename, fsync of the folder."""
    contiguous = {key: value.detach().cpu().contiguous() for key, value in tensors.items()}
    # one metadata key: safetensors writes several in an order that differs from run to run
    return write_bytes(path, save(contiguous, {METADATA_KEY: json.dumps(metadata, sort_keys=True)}))


def write_bytes(path: Path, data: bytes) -> Written:
    """Replace `path` by `data` in one step: a reader sees the old file or the new one, whatever dies."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        with temporary.open("wb") as file:
            file.write(data)
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


def read(path: Path, sha256: str | None = None) -> tuple[dict[str, Tensor], dict[str, Any]]:
    """Tensors and metadata. Raises CheckpointError where the file is missing, damaged, or not the one expected."""
    verify(path, sha256)
    try:
        with safe_open(path, framework="pt") as file:
            metadata = json.loads((file.metadata() or {}).get(METADATA_KEY, "{}"))
            return {key: file.get_tensor(key) for key in file.keys()}, metadata  # noqa: SIM118 - not a dict
    except (SafetensorError, ValueError) as error:
        raise CheckpointError(f"{path.name} is not a safetensors checkpoint: {error}") from error


def read_metadata(path: Path) -> dict[str, Any]:
    """The metadata alone, without loading a tensor. Raises CheckpointError."""
    try:
        with safe_open(path, framework="pt") as file:
            found: dict[str, Any] = json.loads((file.metadata() or {}).get(METADATA_KEY, "{}"))
            return found
    except (OSError, SafetensorError, ValueError) as error:
        raise CheckpointError(f"{path.name} is not a safetensors checkpoint: {error}") from error


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
