"""Picture files with a label and a split each, wherever these were told; and how they become a data set."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from engine.data.files.left_out import left_out
from engine.data.files.names import natural
from engine.data.files.split_names import Split
from engine.data.files.tree import Tree
from engine.data.images import Images, Raw, Samples
from engine.data.preprocessing.kept import Preprocessing
from engine.data.readers import pictures
from engine.data.readers.held_out import by_splits
from engine.data.readers.pictures import Pictures
from engine.errors import DataError

MAX_CLASSES = 10_000
WHAT = "pictures"


@dataclass(frozen=True)
class Labelled:
    """One picture file."""

    file: str
    label: str
    split: Split


@dataclass(frozen=True)
class LabelledPictures:
    """Pictures in natural order. `said` tells how label and split were found; `strays` are pictures without a label.

    `tables` are the files that told; `parted`: files, folders or tables name splits; `order` is the classes' own, where
    the files have one.
    """

    rows: tuple[Labelled, ...]
    said: tuple[str, ...]
    strays: tuple[str, ...] = ()
    tables: tuple[str, ...] = ()
    parted: bool = False
    order: tuple[str, ...] = ()

    @property
    def classes(self) -> tuple[str, ...]:
        """Those that have a picture, in the files' own order, else in natural order."""
        held = {row.label for row in self.rows}
        return tuple(name for name in self.order if name in held) or tuple(sorted(held, key=natural))

    @property
    def files(self) -> list[str]:
        return [row.file for row in self.rows]


def check(tree: Tree, found: LabelledPictures) -> None:
    """Raises DataError for too few or too many classes, and for one that is tested and never trained."""
    if not 2 <= len(found.classes) <= MAX_CLASSES:
        what = f"{'label' if found.tables else 'class folder'}{'' if len(found.classes) == 1 else 's'}"
        raise DataError(
            f"{tree.label}: holds {len(found.classes):,} {what} of images; 2 to {MAX_CLASSES:,} are needed "
            f"({found.said[0]})"
        )
    trained = {row.label for row in found.rows if row.split == "train"}
    untrained = next((row for row in found.rows if trained and row.label not in trained), None)
    if untrained is not None:
        raise DataError(
            f"{tree.label}: the class {untrained.label[:60]!r} ({untrained.file[:80]}) has no training sample"
        )


def read(tree: Tree, found: LabelledPictures, size: int, channels: int) -> Raw:
    """[N, channels, size, size]: the centre square of every picture, resized. Raises DataError naming a wrong file."""
    check(tree, found)
    decoded = pictures.decode_all(tree, found.files, size, channels)
    splits: Sequence[Split] = [row.split for row in found.rows]
    note = f"images of {tree.label}: {found.said[0]}"
    raw = by_splits(tree.label, _images(found, decoded), splits, found.classes, note)
    return replace(raw.noted(*_clauses(tree, found, decoded)), resize="bilinear")


def samples(tree: Tree, found: LabelledPictures, how: Preprocessing) -> Samples:
    """All of them to evaluate on, whatever their classes and splits. Raises DataError naming a wrong file."""
    channels, size, _ = how.input
    decoded = pictures.decode_all(tree, found.files, size, channels, how.resize)
    splits = tuple(row.split for row in found.rows) if found.parted else None
    note = "; ".join([f"images of {tree.label}: {found.said[0]}", *_clauses(tree, found, decoded)])
    return Samples(_images(found, decoded), found.classes, splits, note)


def _images(found: LabelledPictures, decoded: Pictures) -> Images:
    label_of = {name: label for label, name in enumerate(found.classes)}
    return Images(decoded.pixels, np.array([label_of[row.label] for row in found.rows], np.int64))


def _clauses(tree: Tree, found: LabelledPictures, decoded: Pictures) -> list[str]:
    left = left_out(tree, [*found.files, *found.tables], found.strays, WHAT)
    return [*found.said[1:], *decoded.said, *left]
