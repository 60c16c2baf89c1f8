"""The document in a package's model file: format, config, architecture and results."""

from __future__ import annotations

import json
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from engine.config.own_parts import require_network
from engine.config.parse import parse_stored
from engine.config.study import StudyConfig
from engine.config.words import listed
from engine.errors import CheckpointError, ConfigError, EngineError
from engine.space.architecture import Architecture
from engine.storage.atomic import METADATA_KEY

FORMAT = "autosnn-studio/2"
"""1.1 has what 1 has, and the record of the data: `preprocessing`, `classes`, `samples`, arrays `samples/…`.

2 has what 1.1 has, and `votes_per_class`, `layers` and `kept_samples`; README.md, model.py and samples.safetensors.
"""
WITHOUT_RECORD = "autosnn-studio/1"
READ = (WITHOUT_RECORD, "autosnn-studio/1.1", FORMAT)


FINE_TUNED = "fine_tuned"
"""In a document: every training after the study's, oldest first."""


class FineTuning(BaseModel):
    """What a network was trained on after its study: so many samples, epochs, at this learning rate."""

    model_config = ConfigDict(frozen=True)

    samples: int
    epochs: int
    learning_rate: float


def fine_tunings(document: dict[str, Any]) -> tuple[FineTuning, ...]:
    """Every training of a package's network after the study's, oldest first."""
    return tuple(FineTuning.model_validate(one) for one in document.get(FINE_TUNED, ()))


class _Results(BaseModel):
    """What every version wrote; what newer ones added is kept as it is."""

    model_config = ConfigDict(extra="allow")

    architecture: str
    accuracy: float
    spikes: float
    spikes_by_layer: dict[str, float]
    samples: int


class _Document(BaseModel):
    model_config = ConfigDict(extra="allow")

    architecture: str
    study: dict[str, Any]
    results: _Results
    data_digest: str
    fine_tuned: list[FineTuning] = []


def document_of(model: bytes, where: str) -> dict[str, Any]:
    """The document in the bytes of model.safetensors, which lies at `where`. Raises CheckpointError."""
    try:
        header = json.loads(model[8 : 8 + int.from_bytes(model[:8], "little")])
        found = json.loads(header["__metadata__"][METADATA_KEY])
        if not isinstance(found, dict):
            raise TypeError("its document is no JSON object")
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise CheckpointError(f"{where} is not an AutoSNN Studio model: {error}") from error
    _require_format(found, where)
    try:
        _Document.model_validate(found)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        field = ".".join(map(str, first["loc"]))
        raise CheckpointError(f"{where} is not a whole AutoSNN Studio model: {field}: {first['msg']}") from error
    return found


def _require_format(document: dict[str, Any], where: str) -> None:
    found = document.get("format")
    if found is None:
        raise CheckpointError(f"{where} is not an AutoSNN Studio model: it names no format")
    if found not in READ:
        raise CheckpointError(
            f"{where} has the format {str(found)[:60]!r}; this version reads {listed(READ)}: evaluate it with "
            "the version that wrote it, or a newer one"
        )


def config_and_architecture(document: dict[str, Any], where: str) -> tuple[StudyConfig, Architecture]:
    """The network that the document describes. Raises CheckpointError where this version has no such network,
    or a part of one's own that it is made of is not here, or has changed.
    """
    try:
        require_network(document["study"])
        config = parse_stored(document["study"])
        return config, config.space.require(Architecture.from_code(document["architecture"]))
    except EngineError as error:
        said = error.problems[0] if isinstance(error, ConfigError) else str(error)
        raise CheckpointError(f"{where} holds no network of this version: {said}") from error
