"""Images in idx files to evaluate a trained network on: one split of a set is enough."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from engine.data.files.names import listed, natural
from engine.data.files.split_names import Split
from engine.data.files.tree import Tree
from engine.data.images import Images, Samples
from engine.data.preprocessing.kept import Preprocessing
from engine.data.readers import idx
from engine.data.readers.idx import IdxFiles
from engine.data.reduce import resized
from engine.errors import DataError


def recognises(tree: Tree) -> bool:
    """Whether images and labels of a split are there."""
    return any(_splits(files) for files in _sets(tree).values())


def samples(tree: Tree, how: Preprocessing) -> Samples:
    """Every split whose images and labels are there; labels keep their numbers. Raises DataError."""
    files = _only_set(tree)
    splits = _splits(files)
    parts = _parts(tree, files, splits)
    channels, size, _ = how.input
    if channels != 1:
        raise DataError(f"{tree.label}: idx files hold grey images, the network takes {channels} channels")
    resizes = [resized(part.images, size, how.resize) for part in parts]
    labels = np.concatenate([part.labels for part in parts])
    classes, numbered = _classes(tree, files, int(labels.max()) + 1)
    said = "; ".join(dict.fromkeys([f"idx files of {tree.label}", *(said for _, said in resizes if said)]))
    of = tuple(split for split, part in zip(splits, parts, strict=True) for _ in part.labels)
    return Samples(Images(np.concatenate([pixels for pixels, _ in resizes]), labels), classes, of, said, numbered)


def _only_set(tree: Tree) -> IdxFiles:
    found = {title: files for title, files in _sets(tree).items() if _splits(files)}
    if len(found) != 1:
        raise DataError(
            f"{tree.label}: holds {len(found)} sets of idx files ({listed(sorted(found, key=natural), 8)}); keep one, "
            "in a folder of its own"
        )
    return next(iter(found.values()))


def _parts(tree: Tree, files: IdxFiles, splits: Sequence[Split]) -> list[Images]:
    """The images of each split [N, 1, H, W] with their labels; EMNIST's turned upright."""
    names = [role[split] for split in splits for role in (files.images, files.labels)]
    content = dict(tree.each(names, idx.MAX_FILE))
    parts = [idx.split_images(files, split, content) for split in splits]
    if not files.title.startswith(idx.EMNIST):
        return parts
    return [Images(idx.upright(part.images), part.labels) for part in parts]


def _classes(tree: Tree, files: IdxFiles, count: int) -> tuple[tuple[str, ...], bool]:
    """(names of the labels below `count`, whether they are but numbers): EMNIST's characters by the table beside."""
    numbers = tuple(map(str, range(count)))
    names = idx.mapped(tree, files.title, count) if files.title.startswith(idx.EMNIST) else numbers
    return names, names == numbers


def _sets(tree: Tree) -> dict[str, IdxFiles]:
    """The files of each set by what their names begin with, whole or not."""
    found: dict[str, IdxFiles] = {}
    for _, title, (role, split), name in idx.files_of(tree):
        files = found.setdefault(title, IdxFiles(title, {}, {}))
        held = dict(files.images if role == "images" else files.labels)
        held.setdefault(split, name)
        images, labels = (held, files.labels) if role == "images" else (files.images, held)
        found[title] = IdxFiles(title, images, labels)
    return found


def _splits(files: IdxFiles) -> list[Split]:
    return [split for split in idx.PARTS if split in files.images and split in files.labels]
