"""A user's own images: class folders of pictures, with or without split folders above."""

from __future__ import annotations

from engine.data.files.classes import check_trained, lay_out
from engine.data.files.pixels import SUFFIXES
from engine.data.files.tree import Tree
from engine.data.images import Raw
from engine.data.readers import labelled
from engine.data.readers.labelled import WHAT, Labelled, LabelledPictures


def recognises(tree: Tree) -> bool:
    return any(is_picture(name) and "/" in name for name in tree.names)


def find(tree: Tree, *, trained: bool = True) -> LabelledPictures:
    """Class and split of every picture by `lay_out`. Raises DataError where that is ambiguous.

    `trained`: also for a class without a training sample.
    """
    layout = lay_out(tree, is_picture, WHAT)
    if trained:
        check_trained(tree.label, layout)
    rows = tuple(Labelled(one.file, one.folder, one.split) for one in layout.placed)
    return LabelledPictures(rows, (layout.said,), layout.strays, parted=layout.parted)


def read(tree: Tree, size: int, channels: int) -> Raw:
    """[N, channels, size, size]; without a test split a fixed, class-balanced fifth is it. Raises DataError."""
    return labelled.read(tree, find(tree), size, channels)


def is_picture(name: str) -> bool:
    return name.lower().endswith(SUFFIXES)
