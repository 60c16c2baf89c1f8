"""Commands about results and data: the paper's findings, rows, metadata, data sets, tables."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any, get_args

from engine.cli import (
    crate,
    data,
    make_table,
    paper,
    rows,
    table,
)
from engine.cli.options.shared import data_root_option
from engine.config.algorithms import ALGORITHMS
from engine.config.catalog import CATALOG
from engine.rows.columns import COLUMNS
from engine.tabular.columns import Source


def add_paper(commands: Any) -> None:
    findings = commands.add_parser("directions", help="the paper's findings beside your studies, as JSON")
    findings.add_argument(
        "results", type=Path, nargs="+", metavar="DIR", help="folders of finished searches, and of analyses"
    )
    findings.set_defaults(command=paper.directions)
    chosen = commands.add_parser(
        "winners", help="the study that trains from scratch what each λ chooses of a finished search, as JSON"
    )
    chosen.add_argument("workdir", type=Path, metavar="DIR", help="the folder of the search, an exhaustive one best")
    chosen.add_argument("--seeds", type=int, default=3, metavar="K", help="trainings of each winner (default 3)")
    chosen.set_defaults(command=paper.winners)
    figures = commands.add_parser("figures", help="a study's paper kit: figures, tables, captions, method, citations")
    figures.add_argument("workdir", type=Path, metavar="WORKDIR", help="the --workdir of a run, finished or not")
    figures.add_argument("--out", type=Path, required=True, metavar="DIR")
    figures.set_defaults(command=paper.figures)


def add_rows(commands: Any) -> None:
    parser = commands.add_parser("rows", help="candidates, front, curves or trainings of a study as CSV or Parquet")
    parser.add_argument("workdir", type=Path, metavar="WORKDIR", help="the --workdir of a run, finished or not")
    parser.add_argument("--what", choices=list(COLUMNS), default="candidates", help="left out = candidates")
    parser.add_argument("--out", type=Path, metavar="FILE", help=".csv or .parquet; left out = CSV on stdout")
    parser.set_defaults(command=rows.rows)


def add_crate(commands: Any) -> None:
    parser = commands.add_parser("crate", help="write RO-Crate metadata of a study's files into its folder")
    parser.add_argument("workdir", type=Path, metavar="WORKDIR", help="the --workdir of a run, finished or not")
    parser.add_argument("--licence", metavar="TEXT", help="its name or address, as you give the files away")
    parser.set_defaults(command=crate.crate)


def add_data(commands: Any) -> None:
    parser = commands.add_parser(
        "data", help="what a file or folder holds as a data set, as JSON, or why it is refused"
    )
    parser.add_argument("path", type=Path, metavar="PATH", nargs="?")
    parser.add_argument("--formats", action="store_true", help="list what is read instead, as JSON; needs no PATH")
    parser.add_argument(
        "--dataset", choices=sorted(CATALOG), metavar="NAME", help="this built-in one, where PATH is the data root"
    )
    parser.add_argument("--preview", type=Path, metavar="DIR", help="write a few samples there, as the pages show them")
    parser.add_argument("--croissant", action="store_true", help="print Croissant metadata of it instead")
    parser.add_argument("--stages", action="store_true", help="name each stage on stderr as it begins")
    parser.set_defaults(command=data.data)


def add_table(commands: Any) -> None:
    parser = commands.add_parser("table", help="tables of every architecture of a space: ask, search, make, as JSON")
    actions = parser.add_subparsers(required=True, metavar="ACTION")
    actions.add_parser("list", help="the tables there are").set_defaults(command=table.tables)
    show = _of_table(actions, "show", "mean accuracy, N and fitness of all, of the exact front, or all of one genome")
    show.add_argument("--genome", metavar="CODE", help="every column of this architecture, a value a seed")
    show.add_argument("--front", action="store_true", help="the exact Pareto front alone")
    show.set_defaults(command=table.show)
    search = _of_table(actions, "search", "run a search on the table: winner, regret, and what it missed")
    search.add_argument("--algorithm", choices=list(ALGORITHMS), default="evolution")
    search.add_argument(
        "--source", choices=get_args(Source), default="validation", help="what the search is shown (default validation)"
    )
    search.add_argument("--seed", type=int, default=0, metavar="S", help="of the first repetition (default 0)")
    search.add_argument("--repetitions", type=int, default=1, metavar="R", help="with seeds S, S + 1, … (default 1)")
    search.add_argument("--evaluations", type=int, metavar="E", help="at least so many; left out = the study's")
    search.set_defaults(command=table.search)
    report = _of_table(actions, "report", "τ of every estimate, regret of every search, what was missed")
    report.add_argument("--repetitions", type=int, default=200, metavar="R", help="of each search (default 200)")
    report.set_defaults(command=table.report)
    make = _of_table(actions, "make", "train it all, an hour or more; run again on the same folder, it goes on")
    make.add_argument("--workdir", type=Path, required=True, metavar="DIR")
    make.add_argument("--part", metavar="K/N", help="train this part alone, beside other processes; then run without")
    data_root_option(make)
    make.set_defaults(command=make_table.make)


def _of_table(actions: Any, name: str, words: str) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = actions.add_parser(name, help=words)
    parser.add_argument("table", metavar="TABLE", help="such as digits-125")
    return parser
