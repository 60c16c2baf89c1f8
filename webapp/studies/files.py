"""Where a study's files lie, and the zip a user downloads."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.utils.text import slugify

from webapp.studies.models import Study

RESULT_FILES = ("model.safetensors", "config.json", "MODEL_CARD.md", "SHA256SUMS")
ANALYSIS_FILES = ("analysis.json", "analysis.csv")


def workdir(study_id: UUID) -> Path:
    root: Path = settings.STUDIES_ROOT
    return root / str(study_id)


def make_folder(path: Path) -> None:
    """Make a study's folder. Its parent is not made: a state folder that is not mounted must not be written beside."""
    path.parent.mkdir(exist_ok=True)
    path.mkdir(exist_ok=True)


def result_files(study_id: UUID) -> list[Path]:
    """The files of the finished study in the order of the zip: the winner's package, the analysis, or both.

    A package or an analysis of which a file is missing is left out.
    """
    folder = workdir(study_id) / "result"
    groups = [[folder / name for name in names] for names in (RESULT_FILES, ANALYSIS_FILES)]
    return [path for group in groups if all(path.is_file() for path in group) for path in group]


def result_size(study_id: UUID) -> int:
    """Bytes of the files in the download; 0 where there is none."""
    return sum(path.stat().st_size for path in result_files(study_id))


def package_name(study: Study) -> str:
    """The file name of a study's zip: its name and the start of its id, safe on every system."""
    return f"{slugify(study.name) or 'study'}-{str(study.id)[:8]}.zip"
