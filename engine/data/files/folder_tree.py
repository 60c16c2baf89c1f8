"""A folder as a tree of files: nothing outside it is read, and nothing but regular files."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator
from pathlib import Path

from engine.data.files.member import check_size, empty_folders, whole
from engine.data.files.names import checked_name, is_system
from engine.data.files.tree import Tree, checked_count
from engine.errors import DataError


class FolderTree(Tree):
    """The files below a folder, or `only` some of them. Links that lead out, to folders or nowhere are refused."""

    def __init__(self, root: Path, only: list[str] | None = None) -> None:
        self.root, self.label = root, only[0] if only else root.name or root.resolve().name
        self.places: dict[str, str] = {}
        self.sizes: dict[str, int] = {}
        folders: list[str] = []
        seen: set[str] = set()
        found = ((name, (root / name).stat()) for name in only) if only else self._walk(seen)
        for name, info in found:
            self._take(name, info, folders)
        self.names, self.empty = tuple(sorted(self.sizes)), empty_folders(folders, self.sizes)
        self.passed_over = tuple(sorted(seen))

    def _take(self, raw: str, info: os.stat_result, folders: list[str]) -> None:
        name = checked_name(self.label, raw)
        if stat.S_ISDIR(info.st_mode):
            folders.append(name)
        elif name in self.places:
            raise DataError(f"{self.label}: holds {name[:80]!r} twice (once with a backslash in its name)")
        else:
            self.places[name], self.sizes[name] = raw, info.st_size

    def _walk(self, seen: set[str]) -> Iterator[tuple[str, os.stat_result]]:
        """Folders and regular files by path below the root; `seen` takes the names of system files."""
        home, top, count = self.root.resolve(), str(self.root), 0
        for folder, folders, files in os.walk(top, onerror=self._unreadable):
            seen.update(name for name in (*folders, *files) if is_system(name))
            folders[:] = sorted(name for name in folders if not is_system(name))
            files = [name for name in files if not is_system(name)]
            count += len(files)
            checked_count(self.label, count)
            for name in (*folders, *files):
                path = f"{folder}/{name}"
                yield path.removeprefix(top).lstrip("/"), self._looked_at(path, home)

    def _unreadable(self, error: OSError) -> None:
        raise DataError(f"{self.label}: {error.filename!r} cannot be read: {error.strerror}") from error

    def _looked_at(self, path: str, home: Path) -> os.stat_result:
        info = os.lstat(path)
        if stat.S_ISLNK(info.st_mode):
            info = self._followed(Path(path), home)
        if not stat.S_ISDIR(info.st_mode) and not stat.S_ISREG(info.st_mode):
            raise DataError(
                f"{self.label}: {self._shown(Path(path))} is a pipe, a socket or a device; only regular files are read"
            )
        return info

    def _shown(self, path: Path) -> str:
        return repr(path.relative_to(self.root).as_posix()[-80:])

    def _followed(self, path: Path, home: Path) -> os.stat_result:
        shown = self._shown(path)
        try:
            target = path.resolve(strict=True)
        except (OSError, RuntimeError) as error:
            raise DataError(f"{self.label}: {shown} is a link to a file that is not there") from error
        if not target.is_relative_to(home):
            raise DataError(
                f"{self.label}: {shown} is a link that leads out of the folder; put the files themselves there "
                "(cp -rL FOLDER COPY)"
            )
        info = path.stat()
        if stat.S_ISDIR(info.st_mode):
            raise DataError(
                f"{self.label}: {shown} is a link to a folder; put the folder itself there (cp -rL FOLDER COPY), or "
                "remove the link"
            )
        return info

    def size(self, name: str) -> int:
        return self.sizes[name]

    def each(self, names: Iterable[str], limit: int) -> Iterator[tuple[str, bytes]]:
        for name in names:
            if name not in self.sizes:
                raise DataError(f"{self.label}: {name} is missing")
            check_size(self.label, name, self.sizes[name], limit)
            try:
                with (self.root / self.places[name]).open("rb") as file:
                    yield name, whole(self.label, name, file, self.sizes[name])
            except OSError as error:
                raise DataError(f"{self.label}: {name} cannot be read: {error.strerror}") from error
