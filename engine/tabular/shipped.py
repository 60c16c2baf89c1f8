"""The tables that come with the product."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from engine.errors import MeasureError
from engine.storage.files import read_json
from engine.tabular.parquet import read
from engine.tabular.table import Table

FOLDER = Path(__file__).parent / "data"
PARQUET, CARD, CROISSANT, REPORT = "table.parquet", "README.md", "croissant.json", "report.json"


def names() -> list[str]:
    """The tables there are."""
    return sorted(path.parent.name for path in FOLDER.glob(f"*/{PARQUET}"))


def folder_of(name: str) -> Path:
    """A table's folder. Raises MeasureError for a name that is none."""
    if name not in names():
        raise MeasureError(f"table: must be one of {', '.join(names()) or 'none yet'}, got {name[:60]!r}")
    return FOLDER / name


def load(name: str) -> Table:
    """A table by its name, such as `load("digits-125")`. Raises MeasureError for a name that is none."""
    return read(folder_of(name) / PARQUET)


def report(name: str) -> dict[str, Any]:
    """The report beside a table, which needs no pyarrow. Raises MeasureError for a name that is none."""
    return dict(read_json(folder_of(name) / REPORT))
