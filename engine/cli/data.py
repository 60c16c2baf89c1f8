"""`data`: what a file or folder holds as a data set; torch is loaded for a preview of augmented images alone."""

from __future__ import annotations

from pathlib import Path

from engine.cli.output import print_json, tell
from engine.config.catalog import DatasetName
from engine.errors import DataError


def data(path: Path | None, formats: bool, dataset: DatasetName | None, preview: Path | None, stages: bool) -> None:
    from engine.data.readers.formats import as_values

    if formats:
        print_json(as_values())
    elif path is None:
        raise DataError("data: name a PATH, or --formats for a list of what is read")
    else:
        _check(path, dataset, preview, stages)


def _check(path: Path, dataset: DatasetName | None, preview: Path | None, stages: bool) -> None:
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
    print_json(found.report)
