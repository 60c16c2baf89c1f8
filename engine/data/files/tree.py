"""A data set's files, read-only and under limits, whether they lie in a folder, a zip or a tar. No torch.

Nothing is ever unpacked to disk, so there is nothing to leave behind after a refusal.
"""

from __future__ import annotations

import hashlib
import unicodedata
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath

from engine.errors import DataError

MAX_FILES = 150_000
"""Tiny-ImageNet-200, the largest official set, has about 120,200."""
MAX_NAME = 255
RESERVED = frozenset(["con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(1, 10))])
"""Names that mean devices on Windows, where an archive passed on would do harm."""


class Tree(ABC):
    """Files by posix path relative to the root, sorted. `label` names the tree in messages."""

    label: str
    names: tuple[str, ...]

    @abstractmethod
    def size(self, name: str) -> int:
        """Bytes of a file, as its folder or archive declares them."""

    @abstractmethod
    def each(self, names: Iterable[str], limit: int) -> Iterator[tuple[str, bytes]]:
        """The named files with their content, in the order that is cheapest to read.

        Raises DataError for one above `limit` bytes, one that is truncated or damaged, and one that is not there.
        """

    def read(self, name: str, limit: int) -> bytes:
        """One file. Raises DataError as `each` does."""
        return next(iter(self.each([name], limit)))[1]

    def home(self, *wanted: str) -> Tree | None:
        """The tree below the shortest folder that holds all of `wanted`; one that ends in / is a folder."""
        for folder in sorted(_folders_above(self.names, wanted[0]), key=len):
            if all(_holds(self.names, folder + name) for name in wanted):
                return Subtree(self, folder)
        return None

    def content_hash(self) -> str:
        """SHA-256 over every file's name and content, in order of name: the same for a folder and its archive."""
        digests = {name: hashlib.sha256(data).hexdigest() for name, data in self.each(self.names, MAX_HASHED)}
        total = hashlib.sha256()
        for name in sorted(digests):
            total.update(f"{len(name)}:{name}:{digests[name]}\n".encode())
        return total.hexdigest()


MAX_HASHED = 4_000_000_000


class Subtree(Tree):
    """The part of a tree below a folder, whose name ends in / (or is empty: all of it)."""

    def __init__(self, tree: Tree, folder: str) -> None:
        self.tree, self.folder, self.label = tree, folder, tree.label
        self.names = tuple(name.removeprefix(folder) for name in tree.names if name.startswith(folder))

    def size(self, name: str) -> int:
        return self.tree.size(self.folder + name)

    def each(self, names: Iterable[str], limit: int) -> Iterator[tuple[str, bytes]]:
        for name, data in self.tree.each([self.folder + name for name in names], limit):
            yield name.removeprefix(self.folder), data


def open_tree(path: Path) -> Tree:
    """A folder, a zip, a tar (plain, gz, bz2, xz), or another file with its other split beside it. Raises DataError."""
    from engine.data.files.file_trees import FolderTree, TarTree, ZipTree

    if path.is_dir():
        return FolderTree(path)
    if not path.is_file():
        raise DataError(f"{path}: there is no such file or folder")
    name = path.name.lower()
    if name.endswith((".tar", ".tgz", ".tar.gz", ".tar.bz2", ".tar.xz")):
        return TarTree(path)
    return ZipTree(path) if name.endswith(".zip") else FolderTree(path.parent, _both_splits(path))


def _both_splits(path: Path) -> list[str]:
    """A file's name, and that of its test or training counterpart where it is there: train.npz brings test.npz."""
    names = {path.name, path.name.replace("train", "test"), path.name.replace("test", "train")}
    return sorted(name for name in names if (path.parent / name).is_file())


def checked_name(label: str, name: str) -> str:
    """A member's name as a posix path. Raises DataError for one that leads out, or deceives who reads it."""
    shown = repr(name[:80])
    parts = PurePosixPath(name).parts
    if not parts or PurePosixPath(name).is_absolute() or ".." in parts or "\\" in name:
        raise DataError(f"{label}: {shown} leads out of the archive")
    if any(len(part.encode()) > MAX_NAME for part in parts):
        raise DataError(f"{label}: the name {shown}… is longer than {MAX_NAME} bytes")
    if any(unicodedata.category(character)[0] == "C" for character in name):
        raise DataError(f"{label}: the name {shown} holds control or direction characters")
    if any(part.split(".")[0].lower() in RESERVED for part in parts):
        raise DataError(f"{label}: the name {shown} is reserved on some systems")
    return "/".join(parts)


def checked_count(label: str, count: int) -> None:
    """Raises DataError for more files than any data set has."""
    if count > MAX_FILES:
        raise DataError(f"{label}: holds {count:,} files; at most {MAX_FILES:,}")


def _folders_above(names: tuple[str, ...], wanted: str) -> set[str]:
    """Every folder, "" or ending in /, in which `wanted` lies."""
    tail = f"/{wanted}"
    found = {""} if _holds(names, wanted) else set()
    for name in names:
        at = name.find(tail)
        if at >= 0 and (wanted.endswith("/") or name.endswith(tail)):
            found.add(name[: (at if wanted.endswith("/") else len(name) - len(tail)) + 1])
    return found


def _holds(names: tuple[str, ...], wanted: str) -> bool:
    if wanted.endswith("/"):
        return any(name.startswith(wanted) for name in names)
    return wanted in names
