"""The files of exports, in their study's folder; each export has a folder of its own."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import cast
from uuid import UUID

from engine.exchange.formats import FORMATS, FormatName
from webapp.studies.files import package_name, workdir
from webapp.studies.models import Study

FOLDER = "exports"


def folder(study_id: UUID, export_id: UUID) -> Path:
    return workdir(study_id) / FOLDER / str(export_id)


def name_of(study: Study, to: str) -> str:
    """The name of the file: that of the study's zip, with the format's suffix."""
    return package_name(study).removesuffix(".zip") + FORMATS[cast(FormatName, to)].suffix


def files_of(study_id: UUID, export_id: UUID, names: list[str]) -> list[Path]:
    """The files that the report names; empty where one is gone."""
    paths = [folder(study_id, export_id) / name for name in names]
    return paths if all(path.is_file() for path in paths) else []


def delete(study_id: UUID, export_id: UUID) -> None:
    shutil.rmtree(folder(study_id, export_id), ignore_errors=True)
