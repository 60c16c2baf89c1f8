"""A user's own images: class folders of pictures, with or without split folders above. No torch."""

from __future__ import annotations

import numpy as np

from engine.data.files.classes import Layout, check_trained, lay_out
from engine.data.files.left_out import left_out
from engine.data.files.pixels import SUFFIXES
from engine.data.files.tree import Tree
from engine.data.images import Images, Raw
from engine.data.readers import pictures
from engine.data.readers.held_out import by_splits
from engine.errors import DataError

MAX_CLASSES = 10_000
WHAT = "pictures"


def recognises(tree: Tree) -> bool:
    return any(is_picture(name) and "/" in name for name in tree.names)


def read(tree: Tree, size: int, channels: int) -> Raw:
    """[N, channels, size, size]: the centre square of every picture, resized.

    Class and split are those of `lay_out`; without a test split a fixed, class-balanced fifth is it. Raises DataError.
    """
    layout = _layout(tree)
    names = layout.classes
    label_of = {name: label for label, name in enumerate(names)}
    files = [one.file for one in layout.placed]
    found = pictures.decode_all(tree, files, size, channels)
    images = Images(found.pixels, np.array([label_of[one.folder] for one in layout.placed], np.int64))
    note = f"images of {tree.label}: {layout.said}"
    raw = by_splits(tree.label, images, [one.split for one in layout.placed], names, note)
    return raw.noted(*found.said, *left_out(tree, files, layout.strays, WHAT))


def natural(tree: Tree, least: int) -> tuple[int, int]:
    """(channels, smallest side) as the headers of all pictures in class folders tell. Raises DataError."""
    return pictures.natural(tree, [one.file for one in _layout(tree).placed], least)


def is_picture(name: str) -> bool:
    return name.lower().endswith(SUFFIXES)


def _layout(tree: Tree) -> Layout:
    layout = lay_out(tree, is_picture, WHAT)
    if not 2 <= len(layout.classes) <= MAX_CLASSES:
        raise DataError(
            f"{tree.label}: holds {len(layout.classes):,} class folders of images; 2 to {MAX_CLASSES:,} are needed "
            f"({layout.said})"
        )
    check_trained(tree.label, layout)
    return layout
