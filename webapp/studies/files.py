"""Where a study's files lie, and the zip a user downloads."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

from django.conf import settings

RESULT_FILES = ("model.safetensors", "config.json", "MODEL_CARD.md", "SHA256SUMS")


def workdir(study_id: UUID) -> Path:
    root: Path = settings.STUDIES_ROOT
    return root / str(study_id)


def result_files(study_id: UUID) -> list[Path]:
    """The files of the finished study in the order of the zip, or nothing where one is missing."""
    paths = [workdir(study_id) / "result" / name for name in RESULT_FILES]
    return paths if all(path.is_file() for path in paths) else []


def result_size(study_id: UUID) -> int:
    """Bytes of the files in the download; 0 where there is none."""
    return sum(path.stat().st_size for path in result_files(study_id))
