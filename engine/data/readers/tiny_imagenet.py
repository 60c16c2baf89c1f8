"""Tiny-ImageNet-200 in its official folders, or with val sorted into class folders."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from engine.data.files.pixels import MAX_BYTES, SUFFIXES, decode_image
from engine.data.files.tree import Tree
from engine.data.images import Images, Raw
from engine.errors import DataError

SIDE, MAX_TEXT = 64, 10_000_000
ANNOTATIONS = "val/val_annotations.txt"
OFFICIAL = (100_000, 10_000)
Labelled = Sequence[tuple[str, int]]
"""File and label."""


def recognises(tree: Tree) -> bool:
    return tree.home("wnids.txt", "train/") is not None


def read(tree: Tree) -> Raw:
    """The validation images are the test split, since the official test labels are not public. Raises DataError."""
    home = tree.home("wnids.txt", "train/")
    if home is None:
        raise DataError(f"{tree.label}: holds no wnids.txt beside a folder train")
    listed = home.read("wnids.txt", MAX_TEXT).decode("utf-8", "replace").split()
    train = _in_folders(home, "train", listed)
    present = sorted({label for _, label in train})
    label_of = {listed[label]: place for place, label in enumerate(present)}
    test = [(name, label) for name, label in _validation(home, label_of) if label >= 0]
    train = [(name, label_of[listed[label]]) for name, label in train]
    if not train or not test:
        raise DataError(f"{tree.label}: {len(train)} training and {len(test)} validation images with known labels")
    part = (
        ""
        if (len(train), len(test)) == OFFICIAL
        else f", a part ({len(label_of)} of 200 classes, {len(train):,} images)"
    )
    note = f"Tiny-ImageNet-200{part}, validation split as test"
    return Raw(_images(home, train), _images(home, test), _class_names(home, list(label_of)), note)


def _in_folders(tree: Tree, split: str, wnids: Sequence[str]) -> list[tuple[str, int]]:
    """split/<wnid>/…/*.JPEG, in order of name. Raises DataError for a folder that wnids.txt does not list."""
    place = {wnid: label for label, wnid in enumerate(wnids)}
    found = []
    for name in tree.names:
        parts = name.split("/")
        if parts[0] != split or len(parts) < 3 or not name.lower().endswith(SUFFIXES):
            continue
        if parts[1] not in place:
            raise DataError(f"{tree.label}: {name[:80]} lies in a folder that wnids.txt does not list")
        found.append((name, place[parts[1]]))
    return found


def _validation(tree: Tree, label_of: dict[str, int]) -> list[tuple[str, int]]:
    if ANNOTATIONS not in tree.names:
        return _in_folders(tree, "val", list(label_of))
    found = []
    lines = tree.read(ANNOTATIONS, MAX_TEXT).decode("utf-8", "replace").splitlines()
    held = set(tree.names)
    for number, line in enumerate(lines, 1):
        fields = line.split("\t")
        if len(fields) < 2:
            raise DataError(f"{ANNOTATIONS}, line {number}: must be file, TAB, class, …, got {line[:60]!r}")
        name = f"val/images/{fields[0]}"
        if name in held:
            found.append((name, label_of.get(fields[1], -1)))
    if not found:
        return _in_folders(tree, "val", list(label_of))
    return sorted(found)


def _images(tree: Tree, labelled: Labelled) -> Images:
    pixels = np.zeros((len(labelled), 3, SIDE, SIDE), np.uint8)
    place = {name: k for k, (name, _) in enumerate(labelled)}
    for name, data in tree.each(place, MAX_BYTES):
        image = decode_image(data, name, 3)
        if image.shape != (3, SIDE, SIDE):
            raise DataError(f"{name}: must be {SIDE}×{SIDE} pixels, got {image.shape[2]}×{image.shape[1]}")
        pixels[place[name]] = image
    return Images(pixels, np.array([label for _, label in labelled], np.int64))


def _class_names(tree: Tree, wnids: Sequence[str]) -> tuple[str, ...]:
    """The first word of words.txt for each class, else its id."""
    if "words.txt" not in tree.names:
        return tuple(wnids)
    lines = tree.read("words.txt", MAX_TEXT).decode("utf-8", "replace").splitlines()
    words = dict(line.split("\t", 1) for line in lines if "\t" in line)
    return tuple(words.get(wnid, wnid).split(",")[0][:60] for wnid in wnids)
