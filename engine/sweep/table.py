"""What the searches of a sweep found, each read from its folder."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from engine.figures.record import Evaluated, Record, read
from engine.sweep.plan import Search


def table(folder: Path, planned: Sequence[Search]) -> dict[str, Any]:
    """One row for each search in `folder`, as JSON values. Raises MeasureError where one has no folder yet.

    Accuracies of the search are 0…1 on the validation split with the supernet's weights; spikes are N per sample.
    """
    rows = [_row(folder, search) for search in planned]
    return {"split": "validation, supernet", "average_spikes": _average(folder, planned), "searches": rows}


def _average(folder: Path, planned: Sequence[Search]) -> float | None:
    """N_avg, the one of all."""
    return read(folder / planned[0].folder).average_spikes


def _row(folder: Path, search: Search) -> dict[str, Any]:
    record = read(folder / search.folder)
    best = record.fittest
    return {
        "lambda": search.exponent,
        "seed": search.seed,
        "folder": str(folder / search.folder),
        "evaluated": len(record.evaluated),
        "winner": None if best is None else _point(best) | {"fitness": best.fitness},
        "retrained": _retrained(record),
        "front": [_point(one) for one in record.front],
    }


def _point(one: Evaluated) -> dict[str, Any]:
    return {"architecture": one.architecture, "accuracy": one.accuracy, "spikes": one.spikes}


def _retrained(record: Record) -> dict[str, Any] | None:
    """The winner on the test split; None where it was not retrained."""
    won = record.finished
    return None if won is None else {"test_accuracy": won.test_accuracy, "test_spikes": won.test_spikes}
