"""The files of data sets: uploads and previews."""

from __future__ import annotations

import shutil
from pathlib import Path
from uuid import UUID

from django.conf import settings

UPLOADS = "uploads"


def uploads() -> Path:
    root: Path = settings.DATA_ROOT.resolve()
    return root / UPLOADS


def upload_folder(dataset_id: UUID) -> Path:
    return uploads() / str(dataset_id)


def location_of(dataset_id: UUID, name: str) -> str:
    """An upload's path as the `data.path` of a study."""
    return f"{UPLOADS}/{dataset_id}/{name}"


def preview_folder(dataset_id: UUID) -> Path:
    root: Path = settings.PREVIEWS_ROOT
    return root / str(dataset_id)


def draft_folder(dataset_id: UUID) -> Path:
    """The folder of a preview until the data set is accepted."""
    return preview_folder(dataset_id).with_suffix(".draft")


def publish(draft: Path, dataset_id: UUID) -> None:
    """Replace the data set's preview by the draft."""
    shutil.rmtree(preview_folder(dataset_id), ignore_errors=True)
    draft.replace(preview_folder(dataset_id))


def write_at(location: str, offset: int, data: bytes) -> None:
    """Write a chunk of an upload at its offset. Raises OSError."""
    path: Path = settings.DATA_ROOT / location
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.touch(mode=0o600)
    with path.open("r+b") as file:
        file.seek(offset)
        file.write(data)


def delete(dataset_id: UUID) -> None:
    """Delete an upload's files and the preview."""
    for folder in (upload_folder(dataset_id), preview_folder(dataset_id)):
        shutil.rmtree(folder, ignore_errors=True)
