"""A user's own images: pictures with a table of their labels."""

from __future__ import annotations

from collections.abc import Sequence

from engine.data.files.names import composed, listed, natural
from engine.data.files.split_names import Split, split_of
from engine.data.files.tree import Tree
from engine.data.readers import label_tables
from engine.data.readers.image_folder import is_picture
from engine.data.readers.label_tables import Row, Table
from engine.data.readers.labelled import Labelled, LabelledPictures
from engine.errors import DataError


def recognises(tree: Tree) -> bool:
    """Whether pictures lie beside tables; what these tell is for `find`."""
    return any(map(is_picture, tree.names)) and any(name.lower().endswith(label_tables.SUFFIXES) for name in tree.names)


def find(tree: Tree) -> LabelledPictures | None:
    """The pictures' labels by their tables; None where no table tells them. Raises DataError for contradictions."""
    files = [name for name in tree.names if is_picture(name)]
    tables = label_tables.find(tree, files)
    if not tables:
        return None
    rows = [Labelled(row.file, row.label, row.split or _folder_split(row.file) or "train") for row in _once(tables)]
    rows.sort(key=lambda row: (natural(composed(row.file)), row.file))
    known = {row.file for row in rows}
    strays = tuple(name for name in files if name not in known)
    parted = any(row.split is not None for table in tables for row in table.rows) or any(map(_folder_split, known))
    return LabelledPictures(tuple(rows), tuple(_said(tables)), strays, tuple(table.name for table in tables), parted)


def _once(tables: Sequence[Table]) -> list[Row]:
    """Each picture once. Raises DataError for one with two labels, or in two splits."""
    of: dict[str, Row] = {}
    for table in tables:
        for row in table.rows:
            before = of.setdefault(row.file, row)
            if before != row:
                raise DataError(
                    f"{table.name}: {row.file[:80]} is {row.label[:40]!r} ({row.split or 'no split'}) here and "
                    f"{before.label[:40]!r} ({before.split or 'no split'}) before; a picture has one label, one split"
                )
    return list(of.values())


def _folder_split(file: str) -> Split | None:
    return next((split for part in file.split("/")[:-1] if (split := split_of(part)) is not None), None)


def _said(tables: Sequence[Table]) -> list[str]:
    said = ["labels by " + ", ".join(f"{table.column} of {table.name}" for table in tables)]
    missing = [name for table in tables for name in table.missing]
    if missing:
        said.append(f"rows whose pictures are not there: {len(missing):,} ({listed(missing)})")
    if bare := sum(table.bare for table in tables):
        said.append(f"rows without a label: {bare:,}")
    return said
