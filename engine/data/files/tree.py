"""A data set's files, read-only and under limits, whether they lie in a folder, a zip or a tar.

Nothing is ever unpacked to disk, so there is nothing to leave behind after a refusal.
"""

from __future__ import annotations

import hashlib
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator

from engine.data.files.names import composed
from engine.errors import DataError

MAX_FILES = 150_000
"""Tiny-ImageNet-200, the largest official set, has about 120,200."""
MAX_HASHED = 4_000_000_000


class Tree(ABC):
    """Files by posix path relative to the root, sorted. `label` names the tree in messages.

    Hidden files and what systems leave behind are no part of it: `passed_over` has their names, each once. `packed`
    are those of them that an archive holds. `empty` are folders without a file, where folder or archive tells of them.
    """

    label: str
    names: tuple[str, ...]
    empty: tuple[str, ...] = ()
    passed_over: tuple[str, ...] = ()
    packed: tuple[str, ...] = ()

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
        return self._hash(self.names, composed)

    def earlier_content_hash(self) -> str:
        """The hash as it was taken before system files were left out of archives; studies hold files to it."""
        return self._hash((*self.names, *self.packed), str)

    def _hash(self, names: Iterable[str], written: Callable[[str], str]) -> str:
        digests = [(written(name), hashlib.sha256(data).hexdigest()) for name, data in self.each(names, MAX_HASHED)]
        total = hashlib.sha256()
        for name, digest in sorted(digests):
            total.update(f"{len(name)}:{name}:{digest}\n".encode())
        return total.hexdigest()


class Subtree(Tree):
    """The part of a tree below a folder, whose name ends in / (or is empty: all of it)."""

    def __init__(self, tree: Tree, folder: str) -> None:
        self.tree, self.folder, self.label = tree, folder, tree.label
        self.names, self.empty, self.packed = self._below(tree.names), self._below(tree.empty), self._below(tree.packed)
        self.passed_over = tree.passed_over

    def _below(self, names: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(name.removeprefix(self.folder) for name in names if name.startswith(self.folder))

    def size(self, name: str) -> int:
        return self.tree.size(self.folder + name)

    def each(self, names: Iterable[str], limit: int) -> Iterator[tuple[str, bytes]]:
        for name, data in self.tree.each([self.folder + name for name in names], limit):
            yield name.removeprefix(self.folder), data


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
