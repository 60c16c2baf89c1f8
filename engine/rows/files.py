"""Rows as a file: CSV for a spreadsheet, Parquet with types and descriptions for a program."""

from __future__ import annotations

import json
from pathlib import Path

from engine.config.study import StudyConfig
from engine.errors import ConfigError
from engine.figures.text import Cell, csv_text
from engine.rows.of_events import Rows

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
    """Parquet; the study's config is in the file's metadata, the descriptions in its columns'. pyarrow is loaded here.

    The same study gives the same bytes.
    """
    import pyarrow
    from pyarrow import parquet

    types = {"text": pyarrow.string(), "integer": pyarrow.int64(), "number": pyarrow.float64(), "yes": pyarrow.bool_()}
    fields = [pyarrow.field(c.name, types[c.kind], metadata={"description": c.description}) for c in rows.columns]
    about = {"format": FORMAT, "rows": rows.what, "study": config.model_dump(mode="json")}
    schema = pyarrow.schema(fields, metadata={"autosnn": json.dumps(about, sort_keys=True)})
    arrays = [pyarrow.array([row[c.name] for row in rows.rows], types[c.kind]) for c in rows.columns]
    sink = pyarrow.BufferOutputStream()
    parquet.write_table(pyarrow.Table.from_arrays(arrays, schema=schema), sink, compression="zstd")
    content: bytes = sink.getvalue().to_pybytes()
    return content
