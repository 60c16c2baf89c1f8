"""What a notebook shows: tables, with each genome as a strip of cells."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

from engine.figures.strip import strip_svg

MOST = 40
"""Rows that are shown."""
GENOMES = ("architecture",)
"""Columns that hold genomes."""


def table(title: str, columns: Mapping[str, list[Any]]) -> str:
    """A table as HTML; texts are escaped."""
    count = len(next(iter(columns.values()), []))
    head = "".join(f"<th>{escape(name)}</th>" for name in columns)
    rows = "".join(
        f"<tr>{''.join(_cell(name, values[i]) for name, values in columns.items())}</tr>"
        for i in range(min(count, MOST))
    )
    rest = f"<p>{count - MOST:,} more rows</p>" if count > MOST else ""
    body = f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"
    return f"<div><p><b>{escape(title)}</b>, {count:,} rows</p>{body}{rest}</div>"


def _cell(name: str, value: Any) -> str:
    if name in GENOMES and isinstance(value, str):
        return f'<td style="text-align:left">{strip_svg(value)}</td>'
    return f"<td>{escape(_shown(value))}</td>"


def _shown(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:,.4f}" if abs(value) < 10 else f"{value:,.1f}"
    return " ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
