"""The folder of a study and its result files."""

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
    """Make a study's folder, but not the state folder: an unmounted one must not be replaced by a new folder."""
    path.parent.mkdir(exist_ok=True)
    path.mkdir(exist_ok=True)


def result_files(study_id: UUID) -> list[Path]:
    """The result files of a finished study in the order of the zip: the winner's package, the analysis, or both.

    An incomplete package or analysis is left out.
    """
    folder = workdir(study_id) / "result"
    groups = [[folder / name for name in names] for names in (RESULT_FILES, ANALYSIS_FILES)]
    return [path for group in groups if all(path.is_file() for path in group) for path in group]


def result_size(study_id: UUID) -> int:
    """Bytes of all result files; 0 where there are none."""
    return sum(path.stat().st_size for path in result_files(study_id))


def package_name(study: Study) -> str:
    """The file name of a study's zip: its name and the start of its id, safe on every system."""
    return f"{slugify(study.name) or 'study'}-{str(study.id)[:8]}.zip"
