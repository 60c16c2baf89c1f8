"""A user's own images: class folders of PNG, JPEG or BMP, with or without folders train and test above. No torch."""

from __future__ import annotations

import numpy as np

from engine.data.events.event_set import natural as natural_order
from engine.data.files.pixels import MAX_BYTES, SUFFIXES, decode_image, look
from engine.data.files.tree import Tree
from engine.data.images import Images, Raw
from engine.data.readers.event_folder import MAX_CLASSES, split_and_class
from engine.data.readers.held_out import HELD_OUT, with_test_split
from engine.errors import DataError

MAX_TOTAL = 8_000_000_000
MAX_LOOKS = 100


def recognises(tree: Tree) -> bool:
    return any(_is_image(name) and "/" in name for name in tree.names)


def read(tree: Tree, size: int, channels: int) -> Raw:
    """[N, channels, size, size]: the centre square of every image, resized.

    Without a folder test (or val) a fixed, class-balanced fifth is the test split. Raises DataError.
    """
    found = [(*split_and_class(name), name) for name in sorted(tree.names, key=natural_order) if _is_image(name)]
    if stray := next((name for _, folder, name in found if not folder), None):
        raise DataError(f"{tree.label}: {stray[:80]} lies in no class folder")
    names = tuple(sorted({folder for _, folder, _ in found}, key=natural_order))
    if not 2 <= len(names) <= MAX_CLASSES:
        raise DataError(f"{tree.label}: holds {len(names):,} class folders of images; 2 to {MAX_CLASSES:,} are needed")
    if (needed := len(found) * channels * size * size) > MAX_TOTAL:
        raise DataError(
            f"{tree.label}: {len(found):,} images at {size} pixels take {needed:,} bytes; at most {MAX_TOTAL:,}"
        )
    pixels = np.zeros((len(found), channels, size, size), np.uint8)
    place = {name: k for k, (_, _, name) in enumerate(found)}
    for name, data in tree.each(place, MAX_BYTES):
        pixels[place[name]] = decode_image(data, name, channels, size)
    images = Images(pixels, np.array([names.index(folder) for _, folder, _ in found], np.int64))
    held_out = np.array([split == "test" for split, _, _ in found])
    if held_out.all():
        raise DataError(f"{tree.label}: holds a test split but no training split")
    if held_out.any():
        note = f"images of {tree.label}, {(~held_out).sum():,} + {held_out.sum():,}"
        return Raw(images.take(np.flatnonzero(~held_out)), images.take(np.flatnonzero(held_out)), names, note)
    note = f"images of {tree.label}, a fixed {HELD_OUT:.0%} of every class held out as test"
    return with_test_split(images, names, note)


def natural(tree: Tree) -> tuple[int, int]:
    """(channels, smallest side) as the first image of each class tells: 1 where all of these are grey, else 3.

    Raises DataError for one that is no image.
    """
    first: dict[str, str] = {}
    for name in sorted(tree.names, key=natural_order):
        if _is_image(name):
            first.setdefault(split_and_class(name)[1], name)
    looks = [look(data, name) for name, data in tree.each(list(first.values())[:MAX_LOOKS], MAX_BYTES)]
    return max(channels for channels, _ in looks), min(side for _, side in looks)


def _is_image(name: str) -> bool:
    return name.lower().endswith(SUFFIXES)
