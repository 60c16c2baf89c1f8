"""Class and split of every sample by the folders it lies in: one rule for pictures and recordings.

The class is the first folder below the root or the split. What can be read in two ways is refused with both readings.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from engine.data.files.names import composed, listed, natural
from engine.data.files.split_names import SPLITS, Split, is_affix, split_of
from engine.data.files.tree import Tree
from engine.errors import DataError

SPLIT_TITLES: Mapping[Split, str] = {"train": "training", "validation": "validation", "test": "test"}


@dataclass(frozen=True)
class Placed:
    """One file with its class, and its split: "train" where no folder names one."""

    file: str
    split: Split
    folder: str


@dataclass(frozen=True)
class Layout:
    """Files in class folders, in natural order. `strays` lie in none. `said` tells what was taken for what.

    `parted`: folders name splits.
    """

    placed: tuple[Placed, ...]
    strays: tuple[str, ...]
    said: str
    parted: bool = False

    @property
    def classes(self) -> tuple[str, ...]:
        """In natural order."""
        return tuple(sorted({one.folder for one in self.placed}, key=natural))


@dataclass(frozen=True)
class _File:
    name: str
    folders: tuple[str, ...]


@dataclass(frozen=True)
class _Reading:
    """At which depth of the path the class stands, and the split, where one does; `root` is above both."""

    root: tuple[str, ...]
    class_at: int
    split_at: int | None = None

    def place(self, file: _File) -> Placed | None:
        """None for a file that lies in no class folder."""
        if file.folders[: len(self.root)] != self.root or len(file.folders) <= self.class_at:
            return None
        split = None if self.split_at is None else split_of(file.folders[self.split_at])
        return Placed(file.name, split or "train", file.folders[self.class_at])

    def is_unlabelled_test(self, file: _File) -> bool:
        """Whether it lies in a split folder for test or validation itself, as competitions publish what they score."""
        if self.split_at is None or len(file.folders) != self.split_at + 1:
            return False
        return split_of(file.folders[self.split_at]) in ("validation", "test")


def lay_out(tree: Tree, wanted: Callable[[str], bool], what: str) -> Layout:
    """The layout of a tree's `wanted` files, which messages call `what`. Raises DataError where it is ambiguous."""
    names = sorted((name for name in tree.names if wanted(name)), key=lambda name: (natural(composed(name)), name))
    files = [_File(name, tuple(composed(name).split("/")[:-1])) for name in names]
    reading = _reading(tree.label, files, what)
    found = [(file, reading.place(file)) for file in files]
    placed = [(file, one) for file, one in found if one is not None]
    strays = [file for file, one in found if one is None]
    loose = [file.name for file in strays if not reading.is_unlabelled_test(file)]
    if len(loose) > len(placed):
        raise DataError(
            f"{tree.label}: {len(loose):,} of {len(files):,} {what} lie in no class folder ({listed(loose)}); make a "
            "folder for every class, or a table of file and label"
        )
    said = _said(tree, reading, placed, what)
    parted = reading.split_at is not None
    return Layout(tuple(one for _, one in placed), tuple(file.name for file in strays), said, parted)


def check_trained(label: str, layout: Layout) -> None:
    """Raises DataError for a class that is tested and never trained."""
    trained = {one.folder for one in layout.placed if one.split == "train"}
    for one in layout.placed:
        if trained and one.folder not in trained:
            raise DataError(
                f"{label}: the class {one.folder[:60]!r} has {SPLIT_TITLES[one.split]} samples ({one.file[:80]}) but "
                f"no training sample; training has {listed(sorted(trained, key=natural))}"
            )


def _reading(label: str, files: Sequence[_File], what: str) -> _Reading:
    root = _root(files)
    depth = len(root)
    below = [file for file in files if file.folders[:depth] == root and len(file.folders) > depth]
    if _has_split_folders(label, below, depth, what):
        return _Reading(root, _below_wrappers(below, depth + 1), depth)
    if _has_splits_in_classes(label, below, depth):
        return _Reading(root, depth, depth + 1)
    return _Reading(root, depth)


def _root(files: Sequence[_File]) -> tuple[str, ...]:
    """The folder that holds the classes or splits: what an archive puts on top is passed by."""
    root: tuple[str, ...] = ()
    while True:
        inside = [file for file in files if file.folders[: len(root)] == root and len(file.folders) > len(root)]
        tops = {file.folders[len(root)] for file in inside}
        deeper = any(len(file.folders) > len(root) + 1 for file in inside)
        if len(tops) != 1 or not deeper or split_of(next(iter(tops))) is not None:
            return root
        root = (*root, *tops)


def _has_split_folders(label: str, files: Sequence[_File], depth: int, what: str) -> bool:
    """Whether all folders at this depth name splits, and one has class folders. Raises DataError for a mixture."""
    tops = sorted({file.folders[depth] for file in files}, key=natural)
    splits = [top for top in tops if split_of(top) is not None]
    others = [top for top in tops if split_of(top) is None]
    parted = {file.folders[depth] for file in files if len(file.folders) > depth + 1}
    if not splits or ([top.lower() for top in splits] == ["train"] and len(others) > 1 and splits[0] not in parted):
        return False  # "train" beside "car" and "bus" is a vehicle
    if others:
        raise DataError(
            f"{label}: of its folders, the names of splits: {listed(splits)}; others: {listed(others)}. Either all are "
            f"classes, or the others are no part of the data set: rename the ones or move the others away"
        )
    if not parted:
        raise DataError(
            f"{label}: {listed(splits)} hold {what} directly. As splits they lack class folders, as classes they bear "
            "the names of splits: make a folder for every class below them, or a table of file and label"
        )
    return True


def _below_wrappers(files: Sequence[_File], depth: int) -> int:
    """The depth of the class folders, below a folder such as train/images that every split has alone."""
    parted = [file for file in files if len(file.folders) > depth]
    wrappers = {(file.folders[depth - 1], file.folders[depth]) for file in parted}
    alone = len(wrappers) == len({split for split, _ in wrappers})
    says_nothing = all(is_affix(name) or split_of(name) == split_of(split) for split, name in wrappers)
    deeper = all(len(file.folders) > depth + 1 for file in parted)
    return depth + 1 if alone and says_nothing and deeper else depth


def _has_splits_in_classes(label: str, files: Sequence[_File], depth: int) -> bool:
    """Whether every class folder holds split folders, as cat/train, cat/test. Raises DataError where only some do."""
    inner = [(file.folders[depth], file.folders[depth + 1]) for file in files if len(file.folders) > depth + 1]
    named = {(top, name) for top, name in inner if split_of(name) is not None}
    if len({split_of(name) for _, name in named}) < 2:
        return False
    plain = len(inner) == len(files) and set(inner) == named and all(len(file.folders) == depth + 2 for file in files)
    if plain:
        return True
    top, name = min(named)
    raise DataError(
        f"{label}: {top}/{name} may be the split {split_of(name)!r} within the class {top!r}, or a part of that class: "
        "put the split folders above the class folders, or rename them"
    )


def _said(tree: Tree, reading: _Reading, placed: Sequence[tuple[_File, Placed]], what: str) -> str:
    classes = sorted({one.folder for _, one in placed}, key=natural)
    where = f" in {'/'.join(reading.root)}" if reading.root else ""
    said = f"classes by the folders {listed(classes, 6)}{where}"
    if reading.split_at is not None:
        counts = Counter((one.split, file.folders[reading.split_at]) for file, one in placed)
        parts = [
            f"{folder} = {SPLIT_TITLES[split]} ({counts[split, folder]:,})"
            for split, folder in sorted(counts, key=lambda part: (SPLITS.index(part[0]), natural(part[1])))
        ]
        said += f", splits by the folders {', '.join(parts)}"
    if called := [name for name in classes if split_of(name) is not None]:
        said += f"; {listed(called)} taken for a class, since it lies beside others and has no folders in it"
    if bare := _without(tree, reading, {file.folders[: reading.class_at + 1] for file, _ in placed}):
        said += f"; no {what} in {listed(bare)}"
    return said


def _without(tree: Tree, reading: _Reading, filled: Iterable[tuple[str, ...]]) -> list[str]:
    """Folders where a class or split would stand, and none of the wanted files is."""
    full = {path[:depth] for path in filled for depth in range(len(path) + 1)}
    paths = [tuple(composed(name).split("/")[:-1]) for name in tree.names]
    paths += [tuple(composed(name).split("/")) for name in tree.empty]
    depth = len(reading.root)
    tops = {path[: reading.class_at + 1] for path in paths if path[:depth] == reading.root and len(path) > depth}
    return sorted("/".join(path) for path in tops if path not in full)
