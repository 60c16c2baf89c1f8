"""Images in idx files to evaluate a trained network on: one split of a set is enough."""

from __future__ import annotations

import numpy as np

from engine.data.files.names import listed, natural
from engine.data.files.split_names import Split
from engine.data.files.tree import Tree
from engine.data.images import Images, Samples
from engine.data.preprocessing import Preprocessing
from engine.data.readers import idx
from engine.data.readers.idx import IdxFiles
from engine.data.reduce import resized
from engine.errors import DataError


def recognises(tree: Tree) -> bool:
    """Whether images and labels of a split are there."""
    return any(_splits(files) for files in _sets(tree).values())


def samples(tree: Tree, how: Preprocessing) -> Samples:
    """Every split whose images and labels are there; labels keep their numbers. Raises DataError."""
    found = {title: files for title, files in _sets(tree).items() if _splits(files)}
    if len(found) != 1:
        raise DataError(
            f"{tree.label}: holds {len(found)} sets of idx files ({listed(sorted(found, key=natural), 8)}); keep one, "
            "in a folder of its own"
        )
    files = next(iter(found.values()))
    splits = _splits(files)
    names = [role[split] for split in splits for role in (files.images, files.labels)]
    content = dict(tree.each(names, idx.MAX_FILE))
    parts = [idx.split_images(files, split, content) for split in splits]
    emnist = files.title.startswith(idx.EMNIST)
    if emnist:
        parts = [Images(idx.upright(part.images), part.labels) for part in parts]
    if how.input[0] != 1:
        raise DataError(f"{tree.label}: idx files hold grey images, the network takes {how.input[0]} channels")
    resizes = [resized(part.images, how.input[1], how.resize) for part in parts]
    labels = np.concatenate([part.labels for part in parts])
    count = int(labels.max()) + 1
    classes = idx.mapped(tree, files.title, count) if emnist else tuple(map(str, range(count)))
    said = "; ".join(dict.fromkeys([f"idx files of {tree.label}", *(said for _, said in resizes if said)]))
    of = tuple(split for split, part in zip(splits, parts, strict=True) for _ in part.labels)
    numbered = classes == tuple(map(str, range(count)))
    return Samples(Images(np.concatenate([pixels for pixels, _ in resizes]), labels), classes, of, said, numbered)


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
