"""A user's own images in whatever form they lie: pictures in class folders or with a table, arrays, idx, Parquet."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from engine.data.files.tree import Tree
from engine.data.images import Images, Raw
from engine.data.readers import arrays, idx, image_folder, image_table, labelled, parquet, pictures
from engine.data.readers.first_readable import first_readable
from engine.data.readers.labelled import LabelledPictures
from engine.data.readers.sizes import LEAST, array_size, picture_size
from engine.data.reduce import resized_to
from engine.errors import DataError

Form = tuple[str, Callable[[Tree], bool], Callable[[Tree, int | None, int | None], Raw]]
"""What it is called, whether names of files suggest it, and its reader."""


def recognises(tree: Tree) -> bool:
    return bool(_suggested(tree))


def suggested(tree: Tree) -> list[str]:
    """The forms that the files' names suggest, the first to be tried first."""
    return [title for title, _, _ in _suggested(tree)]


def read(tree: Tree, size: int | None, channels: int | None) -> Raw:
    """[N, channels, size, size] from the first form that can be read.

    `size` None: the one proposed; `channels` None: as the files have.

    Raises DataError: what the first form suggested has to complain of.
    """
    return first_readable(tree, ((title, partial(form, tree, size, channels)) for title, _, form in _suggested(tree)))


def _suggested(tree: Tree) -> list[Form]:
    return [form for form in FORMS if form[1](tree)]


def are_pictures(tree: Tree) -> bool:
    return image_folder.recognises(tree) or image_table.recognises(tree)


def _pictures(tree: Tree, size: int | None, channels: int | None) -> Raw:
    found = labelled_pictures(tree)
    labelled.check(tree, found)
    if channels is None or size is None:
        own, side = pictures.natural(tree, found.files, LEAST)
        channels, size = channels or own, size or picture_size(side)
    return labelled.read(tree, found, size, channels)


def labelled_pictures(tree: Tree, *, trained: bool = True) -> LabelledPictures:
    """By folders, or by a table that names the pictures. Raises DataError where these tell different classes.

    `trained`: also for a class of folders without a training sample.
    """
    by_table = image_table.find(tree)
    try:
        by_folder = image_folder.find(tree, trained=trained)
    except DataError:
        if by_table is None:
            raise
        return by_table
    if by_table is None:
        return by_folder
    if len(by_folder.classes) < 2:
        return by_table
    return _reconciled(tree, by_folder, by_table)


def _reconciled(tree: Tree, by_folder: LabelledPictures, by_table: LabelledPictures) -> LabelledPictures:
    """Folders name the classes where a table tells the same; the table still names the splits."""
    folder_of = {row.file: row for row in by_folder.rows}
    pairs = {(row.label, folder_of[row.file].label) for row in by_table.rows if row.file in folder_of}
    alike = all(len({pair[side] for pair in pairs}) == len(pairs) for side in (0, 1))
    if not alike:
        raise DataError(
            f"{tree.label}: {by_table.said[0]} would make {len(by_table.classes):,} classes, the folders "
            f"{len(by_folder.classes):,} others ({by_folder.said[0]}): take the table away, or put all pictures into "
            "one folder"
        )
    if len({row.split for row in by_folder.rows}) > 1 or len({row.split for row in by_table.rows}) == 1:
        return by_folder
    rows = tuple(replace(row, label=folder_of[row.file].label) for row in by_table.rows if row.file in folder_of)
    said = (f"{by_folder.said[0]}, splits by {by_table.tables[0]}", *by_table.said[1:])
    kept = {row.file for row in rows}
    strays = tuple(sorted({*by_table.strays, *by_folder.strays} - kept))
    return LabelledPictures(rows, said, strays, by_table.tables, by_table.parted)


def _idx(tree: Tree, size: int | None, channels: int | None) -> Raw:
    raw = idx.read_own(tree)
    if channels == 3:
        raise DataError(f"{tree.label}: idx files hold grey images, the study says 3 channels (data.channels)")
    side = size or array_size(tree.label, *raw.train.images.shape[2:])
    (train, said), (test, _) = (resized_to(part.images, side) for part in (raw.train, raw.test))
    sized = replace(raw, train=Images(train, raw.train.labels), test=Images(test, raw.test.labels))
    return sized.noted(said) if said else sized


FORMS: tuple[Form, ...] = (
    ("pictures", are_pictures, _pictures),
    ("arrays", arrays.recognises, arrays.read),
    ("idx files", idx.recognises_any, _idx),
    ("Parquet files", parquet.recognises, parquet.read),
)
