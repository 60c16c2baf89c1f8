"""Rows as a file: CSV for a spreadsheet, Parquet with types and descriptions for a program."""

from __future__ import annotations

from pathlib import Path

from engine.config.study import StudyConfig
from engine.errors import ConfigError
from engine.figures.text import Cell, csv_text
from engine.rows.of_events import Rows
from engine.rows.parquet import parquet_bytes

FORMS = ("csv", "parquet")
FORMAT = "autosnn-studio-rows/1"


def form_of(path: Path) -> str:
    """`csv` or `parquet`, by the file's name. Raises ConfigError for any other."""
    form = path.suffix.removeprefix(".").lower()
    if form not in FORMS:
        raise ConfigError([f"--out: must end in .csv or .parquet, got {path.name[:60]!r}"])
    return form


def in_form(rows: Rows, form: str, config: StudyConfig) -> bytes:
    """The whole file in one of FORMS."""
    return as_csv(rows).encode() if form == "csv" else as_parquet(rows, config)


def as_csv(rows: Rows) -> str:
    """CSV with exact numbers; true and false; an empty cell where there is no value."""
    names = [column.name for column in rows.columns]
    return csv_text(names, ([_shown(row[name]) for name in names] for row in rows.rows))


def _shown(value: Cell | bool | None) -> Cell:
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else value


def as_parquet(rows: Rows, config: StudyConfig) -> bytes:
    """Parquet, with the study's config in the file's metadata. The same study gives the same bytes."""
    about = {"format": FORMAT, "rows": rows.what, "study": config.model_dump(mode="json")}
    return parquet_bytes(rows.columns, [[row[column.name] for row in rows.rows] for column in rows.columns], about)
