"""Files of a study's paper kit: one by name, all in a folder, or all in one zip."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path

from engine.errors import MeasureError
from engine.figures import genome, tables
from engine.figures.citations import bibtex, data_key
from engine.figures.front import front_svg, front_tex
from engine.figures.method import method, method_tex
from engine.figures.record import Record
from engine.figures.text import latex
from engine.storage.atomic import write_bytes

EPOCH = (2020, 1, 1, 0, 0, 0)
"""The date of every file in the zip, so that the same record gives the same bytes."""
GENOME = "genome-"
FORMS: dict[str, Callable[[Record, genome.Portrait], str]] = {
    "svg": lambda _, portrait: genome.genome_svg(portrait),
    "tex": lambda record, portrait: genome.genome_tex(portrait, record.digest),
    "csv": lambda _, portrait: genome.genome_csv(portrait),
}
OF_THE_SEARCH: dict[str, Callable[[Record], str]] = {
    "front.svg": front_svg,
    "front.tex": front_tex,
    "front.csv": tables.front_csv,
    "front-table.tex": tables.front_table,
    "population.csv": tables.population_csv,
    "population-table.tex": tables.population_table,
}
ALWAYS: dict[str, Callable[[Record], str]] = {
    "method.txt": method,
    "method.tex": method_tex,
    "references.bib": bibtex,
    "study.json": lambda record: json.dumps(record.config.model_dump(mode="json"), indent=2, ensure_ascii=False) + "\n",
    "paper.tex": lambda record: paper(record),
}


def names(record: Record) -> list[str]:
    """Names of the files so far: there is no front before the first generation, and no winner before the end."""
    found = list(ALWAYS)
    if record.evaluated:
        codes = dict.fromkeys(one.architecture for one in record.front)
        found += [*OF_THE_SEARCH, *(f"{GENOME}{code}.{form}" for code in codes for form in FORMS)]
    if record.finished:
        found += ["results-table.tex", *(f"winner.{form}" for form in FORMS)]
    return found


def make(record: Record, name: str) -> str:
    """One file by name, also the figure of any evaluated architecture. Raises MeasureError where there is none."""
    if name in ALWAYS:
        return ALWAYS[name](record)
    if name in OF_THE_SEARCH and record.evaluated:
        return OF_THE_SEARCH[name](record)
    if name == "results-table.tex" and record.finished:
        return tables.results_table(record)
    stem, _, form = name.rpartition(".")
    if form in FORMS and stem == "winner":
        return FORMS[form](record, genome.winner(record))
    if form in FORMS and stem.startswith(GENOME):
        return FORMS[form](record, genome.evaluated(record, stem.removeprefix(GENOME)))
    raise MeasureError(f"kit: there is no {name[:80]!r} in this study's paper kit")


def paper(record: Record) -> str:
    """A LaTeX document that includes the whole kit, with the preamble that its parts need."""
    cited = ["na2022autosnn", *([key] if (key := data_key(record)) else [])]
    inputs = [name for name in names(record) if name.endswith(".tex") and name != "paper.tex" and GENOME not in name]
    lines = [
        r"\documentclass{article}",
        r"\usepackage[T1]{fontenc}",
        r"\usepackage[utf8]{inputenc}",
        r"\usepackage{booktabs}",
        r"\usepackage{graphicx}",
        r"\usepackage{pgfplots}",
        r"\pgfplotsset{compat=1.16}",
        r"\begin{document}",
        rf"\section*{{{latex(record.config.name)}}}",
        *(rf"\input{{{name}}}" for name in inputs),
        *(rf"\nocite{{{key}}}" for key in cited),
        r"\bibliographystyle{plain}",
        r"\bibliography{references}",
        r"\end{document}",
        "",
    ]
    return "\n".join(lines)


def write(record: Record, folder: Path) -> list[str]:
    """Write the kit into a folder and return the names of its files."""
    folder.mkdir(parents=True, exist_ok=True)
    made = names(record)
    for name in made:
        write_bytes(folder / name, make(record, name).encode())
    return made


def zipped(record: Record) -> bytes:
    """The kit as one zip, with the same bytes for the same record."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in names(record):
            info = zipfile.ZipInfo(name, EPOCH)
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, make(record, name).encode())
    return file.getvalue()
