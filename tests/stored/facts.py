"""Digests of what a headless study's folder holds, by its file formats alone."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from safetensors import safe_open

from tests.stored.additions import ARRAYS, as_then, text_as_then
from tests.stored.files import kept_of_file, sha256


def events_of(folder: Path) -> list[dict[str, Any]]:
    """The durable events of events.jsonl, in wire form."""
    return [json.loads(line) for line in _told(folder).splitlines()]


def _told(folder: Path) -> str:
    return text_as_then((folder / "events.jsonl").read_text(), folder)


def tensors_of(path: Path) -> dict[str, list[Any]]:
    """Of a safetensors file, name → [dtype, shape, SHA-256 of the bytes], without the record of the data."""
    with safe_open(path, framework="np") as file:
        found = {name: file.get_tensor(name) for name in sorted(file.keys()) if not name.startswith(ARRAYS)}
    return {name: [str(value.dtype), list(value.shape), sha256(value.tobytes())] for name, value in found.items()}


def metadata_of(path: Path) -> Any:
    """The JSON document in a safetensors file of ours."""
    with safe_open(path, framework="np") as file:
        (text,) = (file.metadata() or {}).values()
    return json.loads(text)


def package_of(folder: Path) -> dict[str, Any]:
    """What must stay of every file of a finished study's result."""
    files = {path.name: path.read_bytes() for path in sorted((folder / "result").iterdir())}
    return {name: kept_of_file(name, data) for name, data in as_then(files).items()}


def facts_of(folder: Path) -> dict[str, Any]:
    """What two runs of one study on one machine have in common, files of checkpoints on the way left out."""
    supernets = sorted(folder.glob("supernet-*.safetensors"))
    networks = [*supernets, *sorted((folder / "result").glob("*.safetensors"))]
    return {
        "events": len(events_of(folder)),
        "events_sha256": sha256(_told(folder).encode()),
        "package": package_of(folder),
        "tensors": {path.name: sha256(json.dumps(tensors_of(path)).encode()) for path in networks},
    }
