"""Checkpoints: tensors and JSON metadata in one safetensors file, written atomically, verified on load."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from safetensors import SafetensorError, safe_open
from safetensors.torch import save
from torch import Tensor

from engine.errors import CheckpointError
from engine.storage.atomic import METADATA_KEY, Written, verify, write_bytes


def write(path: Path, tensors: dict[str, Tensor], metadata: dict[str, Any]) -> Written:
    """Write tensors [...] of any shapes and metadata atomically: temporary file, fsync, rename, fsync of the folder."""
    contiguous = {key: value.detach().cpu().contiguous() for key, value in tensors.items()}
    # a single metadata key, because the order in which safetensors writes several differs from run to run
    return write_bytes(path, save(contiguous, {METADATA_KEY: json.dumps(metadata, sort_keys=True)}))


def read(path: Path, sha256: str | None = None) -> tuple[dict[str, Tensor], dict[str, Any]]:
    """Tensors [...] by name and metadata. Raises CheckpointError for a missing, damaged or unexpected file."""
    verify(path, sha256)
    try:
        with safe_open(path, framework="pt") as file:
            metadata = json.loads((file.metadata() or {}).get(METADATA_KEY, "{}"))
            return {key: file.get_tensor(key) for key in file.keys()}, metadata  # noqa: SIM118 - not a dict
    except (SafetensorError, ValueError, RecursionError, OSError) as error:
        raise CheckpointError(f"{path.name} is not a safetensors checkpoint: {error}") from error
