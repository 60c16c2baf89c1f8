"""The folder of a study and its result files."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.utils.text import slugify

from engine.export.members import CODE, SUMS
from engine.export.members import FILES as RESULT_FILES
from engine.export.members import FILES_1 as OLD_RESULT_FILES
from webapp.studies.models import Study

WITHOUT_CODE = tuple(name for name in RESULT_FILES if name != CODE)
"""Of a network with a module of one's own, which no model.py can rebuild."""
PACKAGES = (RESULT_FILES, WITHOUT_CODE, OLD_RESULT_FILES)
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
    package = next((names for names in PACKAGES if _whole(folder, names)), ())
    analysis = ANALYSIS_FILES if _whole(folder, ANALYSIS_FILES) else ()
    return [folder / name for name in (*package, *analysis)]


def _whole(folder: Path, names: Sequence[str]) -> bool:
    """Whether all of these files are there, and none is lost that the sums list."""
    if not all((folder / name).is_file() for name in names):
        return False
    return names is not WITHOUT_CODE or f"  {CODE}\n" not in (folder / SUMS).read_text()


def package_name(study: Study) -> str:
    """The file name of a study's zip: its name and the start of its id, safe on every system."""
    return f"{slugify(study.name) or 'study'}-{str(study.id)[:8]}.zip"
