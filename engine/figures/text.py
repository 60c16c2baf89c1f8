"""Text of the figures: captions, LaTeX escapes, CSV cells, short numbers."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from engine.figures.record import Record

LATEX = {
    "\\": r"\textbackslash{}", "&": r"\&", "%": r"\%", "$": r"\$", "#": r"\#", "_": r"\_", "{": r"\{", "}": r"\}",
    "~": r"\textasciitilde{}", "^": r"\textasciicircum{}", "<": r"\textless{}", ">": r"\textgreater{}",
    "×": r"$\times$", "α": r"$\alpha$", "λ": r"$\lambda$", "τ": r"$\tau$", "σ": r"$\sigma$", "·": r"$\cdot$",
    "√": r"$\surd$", "≤": r"$\leq$", "≥": r"$\geq$", "†": r"\dag{}", "−": r"$-$", "–": "--", "…": r"\dots{}", "“": "``",
    "”": "''", "’": "'", "\n": " ", "\t": " ",
}  # fmt: skip
FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""First characters of a cell that a spreadsheet would take for a formula."""
HASH_DIGITS = 12
"""Hexadecimal digits of a config's SHA-256 in a caption: 48 bits, which two studies hardly ever share."""

Cell = str | float | int


def latex(text: str) -> str:
    """Text escaped for LaTeX, whatever a user named a study."""
    return "".join(LATEX.get(char, char) for char in text)


def csv_text(header: Sequence[str], lines: Iterable[Sequence[Cell]]) -> str:
    """CSV (RFC 4180), numbers exact; text that a spreadsheet would run as a formula begins with an apostrophe."""
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerow(header)
    writer.writerows([_cell(value) for value in line] for line in lines)
    return file.getvalue()


def _cell(value: Cell) -> Cell:
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value


def short(value: float) -> str:
    """154321 → "154 k": three digits and a unit."""
    for size, unit in ((1e9, " G"), (1e6, " M"), (1e3, " k")):
        if abs(value) >= size:
            return f"{value / size:.3g}{unit}"
    return f"{value:.3g}"


def provenance(record: Record) -> str:
    """Name, data, T, seed and config hash of a study, so that a figure cut out of a paper can be traced back."""
    config = record.config
    return (
        f"{config.name}: {config.data.info.title}, T = {config.network.time_steps}, seed {config.seed}, "
        f"config {record.digest[:HASH_DIGITS]}"
    )


def caption(record: Record, what: str, tag: str) -> str:
    """One caption: what is shown, split and weights, and the study."""
    split, weights = tag.split(", ")
    measured = "supernet weights" if weights == "supernet" else "weights retrained from scratch, last epoch"
    return f"{what} {split.capitalize()} split, {measured}. {provenance(record)}."
