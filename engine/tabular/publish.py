"""Writes a table's files: Parquet, card, Croissant metadata and report."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from engine import __version__
from engine.storage.atomic import write_bytes
from engine.tabular import parquet
from engine.tabular.card import card
from engine.tabular.croissant import croissant
from engine.tabular.report import report
from engine.tabular.shipped import CARD, CROISSANT, PARQUET, REPORT
from engine.tabular.table import Table


def publish(table: Table, folder: Path, *, repetitions: int, supernet: str, device: str, date: str) -> None:
    """Write the four files into `folder`; the report has `repetitions` runs of each search.

    `supernet` says how the supernets were trained, `date` is YYYY-MM-DD.
    """
    made = {"engine": __version__, "date": date, "device": device, "supernet": supernet}
    written = parquet.write(table, folder / PARQUET, made)
    about = {"file": PARQUET, "sha256": written.sha256, "version": __version__, "date": date}
    described = croissant(table, size=written.size, **about)
    write_bytes(folder / CARD, card(table, made).encode())
    write_bytes(folder / CROISSANT, _json(described))
    write_bytes(folder / REPORT, _json(report(table, repetitions)))


def _json(value: Any) -> bytes:
    return (json.dumps(value, indent=1, ensure_ascii=False) + "\n").encode()
