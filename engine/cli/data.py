"""`data`: what a file or folder holds as a data set; torch is loaded for a preview of augmented images alone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from engine.cli.output import print_json, tell
from engine.config.catalog import DatasetName
from engine.errors import DataError
from engine.storage.files import other_kind, reason


def data(
    path: Path | None,
    formats: bool,
    dataset: DatasetName | None,
    preview: Path | None,
    stages: bool,
    croissant: bool = False,
) -> None:
    from engine.data.readers.formats import as_values

    if formats:
        print_json(as_values())
    elif path is None:
        raise DataError("data: name a PATH, or --formats for a list of what is read")
    else:
        _require_data(path)
        try:
            report = _check(path, dataset, preview, stages)
            print_json(_as_croissant(report) if croissant else report)
        except OSError as error:
            raise DataError(f"{error.filename or path} cannot be read or written: {error.strerror}") from error


def _require_data(path: Path) -> None:
    """Raises DataError for what is there and cannot hold data: a pipe, a device, a link to nothing."""
    if path.is_symlink() or path.exists():
        try:
            what = "" if path.is_dir() else other_kind(path.stat())
        except OSError as error:
            raise DataError(f"{path} {reason(path, error)}") from error
        if what:
            raise DataError(f"{path} is {what}, neither a file nor a folder")


def _as_croissant(report: dict[str, Any]) -> dict[str, Any]:
    """Raises DataError for one recording, which is no data set."""
    from engine.linked.croissant import croissant

    if report["dataset"] is None:
        raise DataError("data: this is one recording; Croissant metadata need a data set")
    return croissant(report)


def _check(path: Path, dataset: DatasetName | None, preview: Path | None, stages: bool) -> dict[str, Any]:
    from engine.data.preview.check import inspect, inspect_usual

    def say(stage: str) -> None:
        if stages:
            tell(f"stage: {stage}")

    found = inspect(path, say) if dataset is None else inspect_usual(dataset, path, say)
    if preview is not None and found.preview is not None:
        found.preview.write(preview)
        if found.report["kind"] == "images":
            from engine.data.batches.augmented import write_augmented

            write_augmented(preview)
    return found.report
