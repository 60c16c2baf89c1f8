"""Tables that give pictures their labels: a file and a label a row, and a split where there is one."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from engine.data.files.names import composed, listed, natural
from engine.data.files.split_names import Split, split_of
from engine.data.files.table_text import Rows, table_rows
from engine.data.files.tree import Tree
from engine.errors import DataError

SUFFIXES = (".csv", ".tsv")
MAX_TABLE, MAX_TABLES = 50_000_000, 20
LABEL_COLUMNS = frozenset(
    {
        "label",
        "labels",
        "class",
        "classes",
        "classname",
        "classlabel",
        "category",
        "target",
        "y",
        "diagnosis",
        "species",
    }
    | {"breed", "labelname", "classid", "labelid", "classes"}
)
SPLIT_COLUMNS = frozenset({"split", "set", "subset", "partition", "usage", "dataset"})
TABLE_WORDS = re.compile(
    r"[-_. ]?(?:labels?|annotations?|meta(?:data)?|index|list|info|file|names?)[-_. ]?", re.IGNORECASE
)
"""What the name of a table says besides its split: train_labels.csv."""
COVERED = 0.5
"""Share of its rows that must name pictures, for a table to be of labels."""
LOOKED_AT = 200
"""Rows by which the column of file names is found."""


@dataclass(frozen=True)
class Row:
    """A picture with its label; `split` None where the table tells none."""

    file: str
    label: str
    split: Split | None


@dataclass(frozen=True)
class Table:
    """What a table tells. `missing` are files it names that are not there, `bare` rows without a label."""

    name: str
    column: str
    rows: tuple[Row, ...]
    missing: tuple[str, ...]
    bare: int


def find(tree: Tree, pictures: Sequence[str]) -> list[Table]:
    """The tables of these pictures' labels. Raises DataError for one whose column of labels cannot be told."""
    names = sorted((name for name in tree.names if name.lower().endswith(SUFFIXES)), key=natural)[:MAX_TABLES]
    if not names or not pictures:
        return []
    known = _Pictures(pictures)
    read = [(name, table_rows(name, data)) for name, data in tree.each(names, MAX_TABLE)]
    return [table for name, rows in read if (table := _table(tree.label, name, rows, known)) is not None]


class _Pictures:
    """Pictures by the names that tables call them: with folders or without, with suffix or without."""

    def __init__(self, names: Iterable[str]) -> None:
        self._of: dict[str, list[str]] = {}
        for name in names:
            parts = composed(name).split("/")
            for at in range(len(parts)):
                whole = "/".join(parts[at:])
                for called in (whole, whole.rpartition(".")[0]):
                    self._of.setdefault(called, []).append(name)

    def called(self, cell: str, table: str) -> str | None:
        """The picture of this name; of several the one in the table's folder, or below a folder of its split."""
        wanted = composed(cell.replace("\\", "/").removeprefix("./").lstrip("/"))
        if not wanted:
            return None
        beside = self._of.get(f"{composed(table).rpartition('/')[0]}/{wanted}".lstrip("/"), [])
        found = beside if len(beside) == 1 else self._of.get(wanted) or self._of.get(wanted.rpartition("/")[2], [])
        if len(found) > 1:
            split = _split_of_table(table)
            found = [one for one in found if split and split in map(split_of, one.split("/")[:-1])]
        return found[0] if len(found) == 1 else None


def _table(label: str, name: str, rows: Rows, pictures: _Pictures) -> Table | None:
    """None for a table that does not name pictures, or has no labels for them."""
    width = max(map(len, rows), default=0)
    if width < 2 or len(rows) < 2:
        return None
    rows = [[*row, *[""] * (width - len(row))] for row in rows]
    column = max(range(width), key=lambda at: _named(rows[1 : LOOKED_AT + 1], at, name, pictures))
    if _named(rows[1 : LOOKED_AT + 1], column, name, pictures) <= COVERED * len(rows[1 : LOOKED_AT + 1]):
        return None
    headed = pictures.called(rows[0][column], name) is None
    header = rows[0] if headed else [f"column {at + 1}" for at in range(width)]
    body = rows[1:] if headed else rows
    files = [pictures.called(row[column], name) for row in body]
    splits, split_at = _splits(header, body, column)
    others = [at for at in range(width) if at not in (column, split_at) and any(row[at] for row in body)]
    labels, said = _labels(label, name, header, body, others, files)
    if labels is None:
        return None
    of_table = _split_of_table(name)
    found = [
        Row(file, text, split or of_table)
        for file, text, split in zip(files, labels, splits, strict=True)
        if file is not None and text
    ]
    missing = tuple(row[column] for row, file in zip(body, files, strict=True) if file is None)
    return Table(name, said, tuple(found), missing, sum(not text for text in labels)) if found else None


def _named(rows: Rows, column: int, table: str, pictures: _Pictures) -> int:
    return sum(pictures.called(row[column], table) is not None for row in rows)


def _split_of_table(name: str) -> Split | None:
    return split_of(TABLE_WORDS.sub(" ", name.rpartition("/")[2].rpartition(".")[0]))


def _splits(header: Sequence[str], body: Rows, column: int) -> tuple[list[Split | None], int | None]:
    """Each row's split by the column that names splits in every row, and which that is."""
    for at, title in enumerate(header):
        if at != column and _plain(title) in SPLIT_COLUMNS:
            found = [split_of(row[at]) for row in body]
            if all(split is not None for split in found):
                return found, at
    return [None] * len(body), None


def _labels(
    label: str, name: str, header: Sequence[str], body: Rows, others: Sequence[int], files: Sequence[str | None]
) -> tuple[list[str] | None, str]:
    """(each row's label, by what it was told); None where the table has none, or folders tell the same.

    Raises DataError where several columns may be the labels.
    """
    named = [at for at in others if _plain(header[at]) in LABEL_COLUMNS]
    one = named or others
    if len(one) > 1 and named:
        one = [at for at in named if not all(row[at].isdecimal() for row in body)][:1] if _agree(body, named) else named
    if len(one) == 1 or (named and _agree(body, named)):
        at = (one or named)[0]
        return [row[at] for row in body], f"column {header[at][:40]!r}"
    hot = [[cell_is_one(row[at]) for at in others] for row in body] if len(others) > 1 else []
    if hot and all(None not in row and row.count(True) == 1 for row in hot):
        return [header[others[row.index(True)]] for row in hot], f"the columns {listed([header[at] for at in others])}"
    if not others or any(_is_folder(body, at, files) for at in others):
        return None, ""
    raise DataError(
        f"{label}: {name[:80]} names the pictures, but which of its columns is the label: "
        f"{listed([header[at] for at in one], 8)}? Name it label, or take the table away where folders are the classes"
    )


def cell_is_one(cell: str) -> bool | None:
    """Of a one-hot row; None for another number or text."""
    return {"0": False, "0.0": False, "1": True, "1.0": True}.get(cell)


def _agree(body: Rows, columns: Sequence[int]) -> bool:
    """Whether the columns are one label written in several ways."""
    pairs = {tuple(row[at] for at in columns) for row in body}
    return all(len({pair[at] for pair in pairs}) == len(pairs) for at in range(len(columns)))


def _is_folder(body: Rows, at: int, files: Sequence[str | None]) -> bool:
    """Whether the column repeats a folder of every picture."""
    told = [(row[at], file) for row, file in zip(body, files, strict=True) if file is not None]
    return all(composed(text) in composed(file).split("/")[:-1] for text, file in told)


def _plain(title: str) -> str:
    return re.sub(r"[^a-z]", "", title.lower())
