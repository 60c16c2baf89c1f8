"""Rows of a table kept as text: commas, semicolons or tabs, with or without a byte order mark."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Sequence

from engine.errors import DataError

MAX_ROWS = 2_000_000
DELIMITERS = ",;\t"
Rows = Sequence[Sequence[str]]


def table_rows(name: str, data: bytes) -> Rows:
    """Every row that is not empty, cells stripped. Raises DataError for what is no table."""
    text = _text(data)
    if "\0" in text:
        raise DataError(f"{name}: holds NUL characters; it is no table of text")
    first = text[: text.find("\n")] if "\n" in text else text
    delimiter = max(DELIMITERS, key=first.count)
    rows: list[list[str]] = []
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter):
            if any(row):
                rows.append([cell.strip() for cell in row])
            if len(rows) > MAX_ROWS:
                raise DataError(f"{name}: has more than {MAX_ROWS:,} rows")
    except csv.Error as error:
        raise DataError(f"{name}: not a readable table: {error}") from error
    return rows


def _text(data: bytes) -> str:
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return data.decode("utf-16", "replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")
