"""What later versions added to a package, taken out again: the rest must be the bytes of then.

Format 1.1 keeps a record of the data: three keys of the document, and arrays beside the weights. Format 2 has a layer
table and what is told of kept samples in the document, model.py and samples.safetensors beside it, and calls the model
card README.md.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from safetensors.numpy import load, save

MODEL, CONFIG, SUMS = "model.safetensors", "config.json", "SHA256SUMS"
KEYS = ("preprocessing", "classes", "samples", "votes_per_class", "layers", "kept_samples")
ARRAYS = "samples/"
FORMATS, THEN = ("autosnn-studio/1.1", "autosnn-studio/2"), "autosnn-studio/1"
ADDED, RENAMED = ("model.py", "samples.safetensors"), {"README.md": "MODEL_CARD.md"}
"""Files of format 2 that were not there then, and that had another name."""


def as_then(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """A package's files without the additions; sums must be those of the files, and become those of what is left."""
    if MODEL not in files or not _is_later(files[CONFIG]):
        return dict(files)
    kept = {RENAMED.get(name, name): data for name, data in files.items() if name not in ADDED}
    kept[CONFIG] = (json.dumps(_document(json.loads(files[CONFIG])), indent=2) + "\n").encode()
    kept[MODEL] = model_as_then(files[MODEL])
    kept[SUMS] = _sums_as_then(files, kept)
    return kept


def _sums_as_then(files: Mapping[str, bytes], kept: Mapping[str, bytes]) -> bytes:
    """The sums of then, once those of now are seen to be right."""
    lines = []
    for line in files[SUMS].decode().splitlines():
        digest, name = line.split("  ", 1)
        assert name not in files or digest == _sum(files[name]), f"{SUMS} does not list {name} as it is"
        if name not in ADDED:
            then = RENAMED.get(name, name)
            lines.append(f"{_sum(kept[then]) if then in kept else digest}  {then}\n")
    return "".join(lines).encode()


def model_as_then(model: bytes) -> bytes:
    """The model file without the record of the data."""
    length = int.from_bytes(model[:8], "little")
    header = json.loads(model[8 : 8 + length])
    ((key, text),) = header["__metadata__"].items()
    document = json.dumps(_document(json.loads(text)), sort_keys=True)
    return save({name: values for name, values in load(model).items() if not name.startswith(ARRAYS)}, {key: document})


def text_as_then(text: str, folder: Path) -> str:
    """What a run into `folder` told, with the digest of its package's model as it would have been then."""
    model = folder / "result" / MODEL
    if not model.exists():
        return text
    data = model.read_bytes()
    return text.replace(_sum(data), _sum(_model_of(data)))


def event_as_then(event: dict[str, Any], model: bytes) -> dict[str, Any]:
    """An event with the digest of that model as it would have been then."""
    told: dict[str, Any] = json.loads(json.dumps(event).replace(_sum(model), _sum(_model_of(model))))
    return told


def without_interval(told: Any) -> Any:
    """Events or their text without what is told of the interval of τ: of under ten networks there is none any more."""
    if isinstance(told, str):
        lines = (json.dumps(without_interval(json.loads(line)), sort_keys=True) for line in told.splitlines())
        return "".join(f"{line}\n" for line in lines)
    if isinstance(told, list):
        return [without_interval(event) for event in told]
    if not (trust := told.get("trust")):
        return told
    return told | {"trust": {key: trust[key] for key in ("n", "tau")}}


TELLS_OF_INTERVAL = (".events_sha256:", ".package.analysis.json:", ".analysis.json:")
"""Sums of what holds an interval of τ."""


def _sum(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _model_of(model: bytes) -> bytes:
    header = json.loads(model[8 : 8 + int.from_bytes(model[:8], "little")])
    return model_as_then(model) if any(name.startswith(ARRAYS) for name in header) else model


def _is_later(config: bytes) -> bool:
    return bool(json.loads(config)["format"] in FORMATS)


def _document(document: dict[str, Any]) -> dict[str, Any]:
    return {key: THEN if key == "format" else value for key, value in document.items() if key not in KEYS}
