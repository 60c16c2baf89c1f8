"""Where a data set's files lie: the folder, archive or set of archives that its reader recognises."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from engine.config.catalog import DatasetInfo
from engine.data.files import download
from engine.data.files.file_trees import open_tree
from engine.data.files.split_names import split_of
from engine.data.files.tree import Tree
from engine.errors import DataError

ARCHIVES = (".zip", ".tar", ".tgz", ".tar.gz", ".tar.bz2", ".tar.xz")
MAX_ARCHIVES = 100
Recognises = Callable[[Tree], bool]


class JoinedTree(Tree):
    """Several trees as one, such as the ten zips of CIFAR10-DVS; no two may hold the same name."""

    def __init__(self, trees: list[Tree], label: str) -> None:
        self.label = label
        self.of: dict[str, Tree] = {}
        for tree in trees:
            for name in tree.names:
                if name in self.of:
                    raise DataError(f"{label}: {name[:80]!r} is in {self.of[name].label} and in {tree.label}")
                self.of[name] = tree
        self.names = tuple(sorted(self.of))
        self.empty = tuple(sorted({folder for tree in trees for folder in tree.empty}))
        self.passed_over = tuple(sorted({name for tree in trees for name in tree.passed_over}))

    def size(self, name: str) -> int:
        return self.of[name].size(name)

    def each(self, names: Iterable[str], limit: int) -> Iterator[tuple[str, bytes]]:
        shares: dict[int, list[str]] = {}
        for name in names:
            if name not in self.of:
                raise DataError(f"{self.label}: {name} is missing")
            shares.setdefault(id(self.of[name]), []).append(name)
        for share in shares.values():
            yield from self.of[share[0]].each(share, limit)


class PrefixedTree(Tree):
    """A tree in a folder of the given name."""

    def __init__(self, tree: Tree, folder: str) -> None:
        self.tree, self.folder, self.label, self.passed_over = tree, f"{folder}/", tree.label, tree.passed_over
        self.names, self.empty, self.packed = (
            tuple(f"{self.folder}{name}" for name in names) for names in (tree.names, tree.empty, tree.packed)
        )

    def size(self, name: str) -> int:
        return self.tree.size(name.removeprefix(self.folder))

    def each(self, names: Iterable[str], limit: int) -> Iterator[tuple[str, bytes]]:
        for name, data in self.tree.each([name.removeprefix(self.folder) for name in names], limit):
            yield f"{self.folder}{name}", data


def locate(info: DatasetInfo, recognises: Recognises, path: str | None, data_root: Path) -> Tree:
    """The tree that holds the data set: below `path`, or in its usual place, or downloaded to there.

    Raises DataError where it is not found, and what can be done by hand.
    """
    if path is not None:
        base = data_root / path  # an absolute path stays itself
        if not base.exists():
            raise DataError(f"data.path: {path}: there is no such file or folder{_expected(info)}")
        if (found := find(base, recognises)) is None:
            raise DataError(f"data.path: {path} holds no files of {info.title}{_expected(info)}")
        return found
    if (found := present(info, recognises, data_root)) is not None:
        return found
    home = data_root / info.name
    if not info.sources:
        raise DataError(f"{info.title} is not there: put {info.by_hand} into {home}")
    for source in info.sources:
        if not (home / source.file).exists():
            download.fetch(source, home)
    if (found := find(home, recognises)) is None:
        raise DataError(f"{home} holds no files of {info.title}{_expected(info)}")
    return found


def present(info: DatasetInfo, recognises: Recognises, data_root: Path) -> Tree | None:
    """The data set in its usual place: a folder of its name, or its official files directly in the data root."""
    return find(data_root / info.name, recognises) or _loose(info, data_root, recognises)


def find(base: Path, recognises: Recognises) -> Tree | None:
    """The first of: `base` itself, all archives in it as one, one of these archives. None where none is recognised."""
    return next((tree for tree in candidates(base) if recognises(tree)), None)


def candidates(base: Path) -> Iterator[Tree]:
    """What a path may mean, as trees. Raises DataError for a damaged or hostile archive."""
    if base.is_file():
        yield open_tree(base)
    if not base.is_dir():
        return
    yield open_tree(base)
    archives = [open_tree(path) for path in archives_in(base)]
    if len(archives) > 1:
        joined = _joined(archives, base.name)
        if joined is not None:
            yield joined
    yield from archives


def archives_in(folder: Path) -> list[Path]:
    """Archives that lie directly in a folder, by name."""
    found = sorted(path for path in folder.iterdir() if path.is_file() and path.name.lower().endswith(ARCHIVES))
    if len(found) > MAX_ARCHIVES:
        raise DataError(f"{folder.name}: holds {len(found)} archives; at most {MAX_ARCHIVES}")
    return found


def _joined(archives: list[Tree], label: str) -> Tree | None:
    """None where archives repeat each other, as the python and the binary version of one data set may.

    train.zip and test.zip are the folders train and test, where no such folder is in them.
    """
    stems = [tree.label.split(".")[0] for tree in archives]
    if all(split_of(stem) for stem in stems) and not any(map(_has_split_folder, archives)):
        archives = [PrefixedTree(tree, stem) for tree, stem in zip(archives, stems, strict=True)]
    names = [name for tree in archives for name in tree.names]
    return JoinedTree(archives, label) if len(names) == len(set(names)) else None


def _has_split_folder(tree: Tree) -> bool:
    return any(split_of(name.split("/")[0]) is not None for name in tree.names if "/" in name)


def _loose(info: DatasetInfo, data_root: Path, recognises: Recognises) -> Tree | None:
    """An official archive, or its unpacked folder, that lies directly in the data root."""
    if not data_root.is_dir() or not info.known_as:
        return None
    near = [path for path in sorted(data_root.iterdir()) if path.name.startswith(info.known_as)]
    return next((tree for path in near if (tree := find(path, recognises)) is not None), None)


def _expected(info: DatasetInfo) -> str:
    expected = ", ".join(source.file for source in info.sources) or info.by_hand
    return f" (expected: {expected})" if expected else ""
