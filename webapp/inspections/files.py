"""The tensor files of inspections, in their study's folder; each is written once."""

from __future__ import annotations

import json
from pathlib import Path
from uuid import UUID

from engine.storage.atomic import write_bytes
from webapp.studies.files import workdir
from webapp.studies.models import Study

FOLDER = "inspections"


def data_file(study_id: UUID, inspection_id: UUID) -> Path:
    return workdir(study_id) / FOLDER / f"{inspection_id}.safetensors"


def write_config(study_id: UUID) -> Path:
    """The study's config as the engine's process reads it."""
    config = Study.objects.values_list("config", flat=True).get(id=study_id)
    path = workdir(study_id) / FOLDER / "study.json"
    write_bytes(path, json.dumps(config).encode())
    return path


def size_of(study_id: UUID, inspection_id: UUID) -> int:
    """Bytes of an inspection's tensors; 0 where it has none."""
    try:
        return data_file(study_id, inspection_id).stat().st_size
    except FileNotFoundError:
        return 0


def delete(study_id: UUID, inspection_id: UUID) -> None:
    data_file(study_id, inspection_id).unlink(missing_ok=True)
