"""A user's own images as arrays: one .npz, one .npz a split or a part, or .npy files."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import PurePosixPath

import numpy as np
from numpy.typing import NDArray

from engine.data.files.left_out import left_out
from engine.data.files.names import listed, natural
from engine.data.files.npy import Array, npz_keys, read_npy, read_npz
from engine.data.files.split_names import SPLITS, Split, split_of
from engine.data.files.tree import Subtree, Tree
from engine.data.images import Images, Raw, Samples
from engine.data.preprocessing.kept import Preprocessing
from engine.data.readers.array_keys import NAMES, Part, names_a_split, part_of, parts_of
from engine.data.readers.array_labels import class_names, label_texts, labels_of
from engine.data.readers.array_pixels import pixels_of
from engine.data.readers.held_out import by_splits
from engine.data.readers.sizes import array_size
from engine.data.reduce import resized, resized_to
from engine.errors import DataError

MAX_FILE, MAX_ARRAY = 4_000_000_000, 8_000_000_000
FORMS = (
    "one .npz of x_train, y_train, x_test, y_test (or x, y; or train_images, train_labels, …), train.npz and test.npz "
    "of x, y, or these as .npy"
)
SUFFIXES = (".npz", ".npy")


def recognises(tree: Tree) -> bool:
    return bool(_files(_top(tree)))


def recognises_samples(tree: Tree) -> bool:
    """Whether there are arrays to evaluate on, be it without a training split."""
    return bool(_files(_top(tree), trained=False))


def read(tree: Tree, size: int | None, channels: int | None) -> Raw:
    """Pixels [N, H, W], [N, H, W, C] or [N, C, H, W] with a label each; without a test part a fixed fifth is it.

    `size` None: the one proposed; `channels` None: as the arrays have. Raises DataError naming file and array.
    """
    tree = _top(tree)
    files = _files(tree)
    arrays, said = _arrays(tree, files)
    splits = _splits(tree, arrays)
    pixels, value_range, how = pixels_of({split: arrays["x", split] for split in splits}, channels, tree.label)
    counts = {split: len(pixels[split]) for split in splits}
    known = class_names(arrays.get(NAMES), tree.label)
    labels, names, gaps = labels_of({split: arrays["y", split] for split in splits}, counts, tree.label, known)
    side = size or array_size(tree.label, *pixels["train"].shape[2:])
    resized = [resized_to(pixels[split], side) for split in splits]
    whole = Images(np.concatenate([found for found, _ in resized]), np.concatenate([labels[split] for split in splits]))
    clauses = [clause for clause in (*said, *how, gaps, *dict.fromkeys(clause for _, clause in resized)) if clause]
    note = "; ".join([f"arrays of {tree.label}", *clauses])
    raw = by_splits(tree.label, whole, [split for split in splits for _ in range(counts[split])], names, note)
    return replace(raw.noted(*left_out(tree, files, (), "arrays")), value_range=value_range)


def samples(tree: Tree, how: Preprocessing) -> Samples:
    """All arrays to evaluate on, whatever splits there are, scaled and resized as in training. Raises DataError."""
    tree = _top(tree)
    files = _files(tree, trained=False)
    arrays, said = _arrays(tree, files)
    splits = _splits(tree, arrays, trained=False)
    channels, size, _ = how.input
    pixels, _, taken = pixels_of({s: arrays["x", s] for s in splits}, channels, tree.label, how.value_range)
    resizes = [resized(pixels[split], size, how.resize) for split in splits]
    counts, known = {s: len(pixels[s]) for s in splits}, class_names(arrays.get(NAMES), tree.label)
    texts, numbered = label_texts({s: arrays["y", s] for s in splits}, counts, tree.label, known)
    names, labels = _numbered([text for split in splits for text in texts[split]])
    clauses = [clause for clause in (*said, *taken, *dict.fromkeys(clause for _, clause in resizes)) if clause]
    note = "; ".join([f"arrays of {tree.label}", *clauses, *left_out(tree, files, (), "arrays")])
    of = tuple(split for split in splits for _ in texts[split]) if _parted(tree, files) else None
    return Samples(Images(np.concatenate([found for found, _ in resizes]), labels), names, of, note, numbered)


def _numbered(texts: Sequence[str]) -> tuple[tuple[str, ...], NDArray[np.int64]]:
    """(the different labels in natural order, the place of each sample's label [N] among them)."""
    names = tuple(sorted(set(texts), key=natural))
    place = {name: label for label, name in enumerate(names)}
    return names, np.array([place[text] for text in texts], np.int64)


def _parted(tree: Tree, files: Sequence[str]) -> bool:
    """Whether files or the arrays in them name splits."""
    if len(files) > 1 or not files[0].lower().endswith(".npz"):
        return any(names_a_split(name) or split_of(name) is not None for name in _meant(files).values())
    return any(map(names_a_split, npz_keys(tree.read(files[0], MAX_FILE), files[0])))


def _top(tree: Tree) -> Tree:
    """Without the folder that an archive puts on top."""
    tops = {name.split("/")[0] for name in tree.names}
    alone = len(tops) == 1 and all("/" in name for name in tree.names)
    return Subtree(tree, f"{next(iter(tops))}/") if alone else tree


def _files(tree: Tree, *, trained: bool = True) -> list[str]:
    """The files of arrays at the top that make a data set by their names; none where they make none.

    `trained`: one of them must be of the training split.
    """
    top = [name for name in tree.names if "/" not in name and name.lower().endswith(SUFFIXES)]
    meant = _meant(top)
    named = {name: part for name in top if (part := part_of(meant[name])) is not None}
    if _are_parts(named.values()):
        return list(named)
    splits = [name for name in top if name.lower().endswith(".npz") and split_of(meant[name]) is not None]
    if any(split_of(meant[name]) == "train" for name in splits) or (splits and not trained):
        return splits
    npz = [name for name in top if name.lower().endswith(".npz")]
    return npz if len(npz) == 1 else []


def _are_parts(parts: Iterable[Part]) -> bool:
    """Whether files hold an array each, pixels or labels; else each holds those of a split."""
    return {role for role, _ in parts} - {NAMES[0]} == {"x", "y"}


def _meant(files: Sequence[str]) -> dict[str, str]:
    """Each file's name without suffix, and without what all begin with: kmnist-train-imgs.npz → train-imgs."""
    stems = {name: PurePosixPath(name).stem for name in files}
    first, last = min(stems.values(), default=""), max(stems.values(), default="")
    same = next((k for k, (a, b) in enumerate(zip(first, last, strict=False)) if a != b), 0)
    shared = re.sub(r"[^-_.]*$", "", first[:same])
    clear = (name for name, stem in stems.items() if part_of(stem) is not None or split_of(stem) is not None)
    return stems if any(clear) else {name: stem.removeprefix(shared) for name, stem in stems.items()}


def _arrays(tree: Tree, files: Sequence[str]) -> tuple[dict[Part, Array], list[str]]:
    """Arrays by role and split, and what is to be said of them."""
    if not files:
        raise DataError(f"{tree.label}: holds no arrays of images: {FORMS}")
    content = dict(tree.each(files, MAX_FILE))
    if len(files) == 1 and files[0].lower().endswith(".npz"):
        return _of_one(content[files[0]], files[0])
    meant = _meant(files)
    parts = {name: part for name in files if (part := part_of(meant[name])) is not None}
    if not _are_parts(parts.values()):
        return _of_splits(content, meant)
    arrays: dict[Part, Array] = {}
    for name, data in content.items():
        part = parts[name]
        if part in arrays:
            raise DataError(f"{tree.label}: two files mean the {part[1]} part: {listed(files)}")
        arrays[part] = read_npy(data, name, MAX_ARRAY) if name.lower().endswith(".npy") else _only(data, name)
    return arrays, []


def _only(data: bytes, name: str) -> Array:
    keys = npz_keys(data, name)
    if len(keys) != 1:
        raise DataError(f"{name}: must hold one array, has {listed(keys)}")
    return read_npz(data, name, keys, MAX_ARRAY)[keys[0]]


def _of_one(data: bytes, name: str) -> tuple[dict[Part, Array], list[str]]:
    keys = npz_keys(data, name)
    found = parts_of(keys, name)
    said = []
    if sorted(keys) == ["arr_0", "arr_1"]:
        found, said = {("x", "train"): "arr_0", ("y", "train"): "arr_1"}, ["arr_0 taken as pixels, arr_1 as labels"]
    if rest := [key for key in keys if key not in found.values()]:
        said.append(f"arrays not read: {listed(rest)}")
    wanted = list(found.values()) or ["x", "y"]
    arrays = read_npz(data, name, wanted, MAX_ARRAY)
    return {part: arrays[key] for part, key in found.items()}, said


def _of_splits(content: dict[str, bytes], meant: dict[str, str]) -> tuple[dict[Part, Array], list[str]]:
    """One .npz a split, each with x and y."""
    arrays: dict[Part, Array] = {}
    for name, data in content.items():
        split = split_of(meant[name])
        assert split is not None
        found, _ = _of_one(data, name)
        if sorted(part[0] for part in found if part != NAMES) != ["x", "y"]:
            raise DataError(f"{name}: must hold pixels x and labels y, has {listed(npz_keys(data, name))}")
        if ("x", split) in arrays:
            raise DataError(f"two files mean the {split} split: {listed(content)}")
        arrays.update({(part if part == NAMES else (part[0], split)): array for part, array in found.items()})
    return arrays, []


def _splits(tree: Tree, arrays: dict[Part, Array], *, trained: bool = True) -> list[Split]:
    """The splits there are; every x has its y. `trained`: one of them is the training split."""
    for split in SPLITS:
        if (("x", split) in arrays) != (("y", split) in arrays):
            raise DataError(f"{tree.label}: x_{split} and y_{split} must be given together")
    if ("x", "train") not in arrays if trained else not arrays:
        raise DataError(f"{tree.label}: no training images: {FORMS}")
    return [split for split in SPLITS if ("x", split) in arrays]
