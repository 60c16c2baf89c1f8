"""A table as a Parquet file: one row an architecture and seed; the study's config is in the file's metadata."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from engine.config.parse import parse_stored
from engine.errors import ConfigError, FileError
from engine.rows.columns import Column
from engine.rows.parquet import parquet_bytes
from engine.storage.atomic import Written, write_bytes
from engine.storage.files import read_file
from engine.tabular.columns import columns
from engine.tabular.table import Table, table_of

FORMAT = "autosnn-studio-table/1"
MAX_BYTES = 50_000_000


def write(table: Table, path: Path, made: dict[str, Any]) -> Written:
    """Write the table; `made` says how it was made, and goes into the metadata. pyarrow is loaded here."""
    named = columns(table.layers)
    about = {"format": FORMAT, "name": table.name, "study": table.study.model_dump(mode="json"), "made": made}
    return write_bytes(path, parquet_bytes(named, [_cells(table, column) for column in named], about))


def _cells(table: Table, column: Column) -> list[Any]:
    """One column, an architecture after the other, each with all its seeds."""
    if column.name == "genome":
        return [genome for genome in table.genomes for _ in table.seeds]
    if column.name == "seed":
        return list(table.seeds) * len(table.genomes)
    cells = table.column(column.name).ravel().tolist()
    return [round(value) for value in cells] if column.kind == "integer" else cells


def read(path: Path) -> Table:
    """Read a table. Raises FileError where the file is missing or is no table, MeasureError where rows are missing."""
    import pyarrow
    from pyarrow import parquet

    try:
        stored = parquet.read_table(pyarrow.BufferReader(read_file(path, MAX_BYTES)))
        about = json.loads((stored.schema.metadata or {})[b"autosnn"])
        study, name = parse_stored(about["study"]), str(about["name"])
    except (pyarrow.ArrowException, KeyError, TypeError, ValueError, ConfigError) as error:
        raise FileError(f"{path} holds no table of this software: {str(error)[:200]}") from error
    if about["format"] != FORMAT:
        raise FileError(f"{path}: format must be {FORMAT}, got {str(about['format'])[:60]!r}")
    names = tuple(n for n in stored.column_names if n not in ("genome", "seed"))
    return table_of(name, study, stored.to_pylist(), names)


def made(path: Path) -> dict[str, Any]:
    """How the table of a file was made."""
    from pyarrow import parquet

    return dict(json.loads(parquet.read_schema(path).metadata[b"autosnn"])["made"])
