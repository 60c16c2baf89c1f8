"""Zip and tar as trees of files: links, bombs, duplicates and damage are refused."""

from __future__ import annotations

import stat
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path, PurePosixPath
from typing import TypeVar

from engine.data.files.folder_tree import FolderTree
from engine.data.files.member import check_size, empty_folders, whole
from engine.data.files.names import checked_name, system_part
from engine.data.files.packing import MAX_RATIO, SMALL, check_container, check_packing
from engine.data.files.tree import Tree, checked_count
from engine.errors import DataError

MAX_TOTAL = 8_000_000_000
MAX_DIRECTORY = 40_000_000
ZIP_SAYS_UTF8 = 0x800
END_RECORD, END_BYTES = b"PK\x05\x06", 22
MAX_COMMENT = 65_535

SPLIT_WORDS = ("train", "test", "val")

Member = TypeVar("Member")


class _Packed(Tree):
    """The members of an archive, those that systems left in it apart."""

    def _sort(self, members: Iterable[str], folders: Iterable[str]) -> None:
        system = {name: part for name in members if (part := system_part(self.label, name)) is not None}
        self.names, self.packed = tuple(sorted(set(members) - set(system))), tuple(sorted(system))
        self.passed_over = tuple(sorted(set(system.values())))
        kept = [name for name in folders if system_part(self.label, name) is None]
        self.empty = empty_folders((checked_name(self.label, name) for name in kept), self.names)


class ZipTree(_Packed):
    """The members of a zip, checked from its directory before any is read."""

    def __init__(self, path: Path) -> None:
        self.path, self.label = path, path.name
        _check_end_record(path)
        try:
            with zipfile.ZipFile(path) as archive:
                members = archive.infolist()
        except (zipfile.BadZipFile, OSError, ValueError, struct.error, NotImplementedError) as error:
            raise DataError(f"{self.label}: not a readable zip, or truncated: {error}") from error
        named = [(_zip_name(member), member) for member in members]
        folders = [name for name, _ in named if name.endswith("/")]
        self.members = _by_name(self.label, ((name, member) for name, member in named if not name.endswith("/")))
        for name, member in self.members.items():
            _check_zip_member(self.label, name, member)
        _check_total(self.label, sum(member.file_size for member in members))
        self._sort(self.members, folders)

    def size(self, name: str) -> int:
        return self.members[name].file_size

    def each(self, names: Iterable[str], limit: int) -> Iterator[tuple[str, bytes]]:
        try:
            with zipfile.ZipFile(self.path) as archive:
                for name in names:
                    if name not in self.members:
                        raise DataError(f"{self.label}: {name} is missing")
                    member = self.members[name]
                    check_size(self.label, name, member.file_size, limit)
                    with archive.open(member) as file:
                        yield name, whole(self.label, name, file, member.file_size)
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, ValueError) as error:
            raise DataError(f"{self.label}: damaged: {error}") from error


class TarTree(_Packed):
    """The members of a tar. Packed ones are read in the archive's order, since going back means unpacking again."""

    def __init__(self, path: Path) -> None:
        self.path, self.label = path, path.name
        found: list[tuple[str, tarfile.TarInfo]] = []
        folders: list[str] = []
        total, most = 0, max(MAX_RATIO * path.stat().st_size, SMALL)
        for member in self._members():
            checked_count(self.label, len(found) + 1)
            if member.isdir():
                folders += [member.name] if member.name.strip("./") else []
                continue
            if not member.isreg():
                raise DataError(f"{self.label}: {member.name[:80]!r} is a link or a device, which data never needs")
            total += member.size
            _check_total(self.label, total)
            if total > most:
                raise DataError(f"{self.label}: unpacks to more than {MAX_RATIO} times its size")
            found.append((member.name, member))
        members = _by_name(self.label, found)
        self.sizes = {name: member.size for name, member in members.items()}
        self.name_of = {member.name: name for name, member in members.items()}
        self._sort(self.sizes, folders)

    def _members(self) -> Iterator[tarfile.TarInfo]:
        try:
            with tarfile.open(self.path, "r:*") as archive:
                yield from archive
        except (tarfile.TarError, EOFError, OSError, zlib.error) as error:
            raise DataError(f"{self.label}: not a readable tar archive, or truncated: {error}") from error

    def size(self, name: str) -> int:
        return self.sizes[name]

    def each(self, names: Iterable[str], limit: int) -> Iterator[tuple[str, bytes]]:
        wanted = set(names)
        for name in wanted:
            if name not in self.sizes:
                raise DataError(f"{self.label}: {name} is missing")
            check_size(self.label, name, self.sizes[name], limit)
        try:
            with tarfile.open(self.path, "r:*") as archive:
                for member in archive:
                    if member.isreg() and (name := self.name_of.get(member.name, "")) in wanted:
                        file = archive.extractfile(member)
                        assert file is not None
                        yield name, whole(self.label, name, file, member.size)
        except (tarfile.TarError, EOFError, OSError, zlib.error) as error:
            raise DataError(f"{self.label}: damaged or truncated: {error}") from error


def _by_name(label: str, members: Iterable[tuple[str, Member]]) -> dict[str, Member]:
    found: dict[str, Member] = {}
    for raw, member in members:
        name = _system_name(raw) if system_part(label, raw) else checked_name(label, raw)
        if name in found:
            raise DataError(f"{label}: holds {name[:80]!r} twice")
        found[name] = member
    return found


def _system_name(raw: str) -> str:
    """A system file's path: its name may hold what a user's must not, such as the carriage return of macOS's icons."""
    return PurePosixPath(raw.replace("\\", "/")).as_posix()


def _zip_name(member: zipfile.ZipInfo) -> str:
    """With / for \\; UTF-8 too where the zip does not say so, as macOS packs it."""
    name = member.filename
    if not member.flag_bits & ZIP_SAYS_UTF8:
        with suppress(UnicodeError):
            name = name.encode("cp437").decode("utf-8")
    return name.replace("\\", "/")


def _check_end_record(path: Path) -> None:
    """Refuse by the zip's own last record, before its directory is read: a count in the millions costs nothing."""
    size = path.stat().st_size
    with path.open("rb") as file:
        file.seek(max(0, size - END_BYTES - MAX_COMMENT))
        tail = file.read()
    at = tail.rfind(END_RECORD)
    if at < 0 or len(tail) - at < END_BYTES:
        raise DataError(f"{path.name}: not a zip, or truncated: its directory is missing")
    count, directory, offset = struct.unpack("<HII", tail[at + 10 : at + 20])
    if count != 0xFFFF:  # 0xFFFF: the count stands in the zip64 record, which the directory's size bounds as well
        checked_count(path.name, count)
    position = size - len(tail) + at
    room = position if directory == 0xFFFFFFFF else directory
    if room > MAX_DIRECTORY and directory != 0xFFFFFFFF:
        raise DataError(f"{path.name}: its directory declares {directory:,} bytes; at most {MAX_DIRECTORY:,}")
    if directory != 0xFFFFFFFF and offset != 0xFFFFFFFF and offset + directory > position:
        raise DataError(f"{path.name}: its directory is said to lie at {offset:,} + {directory:,}, past its own end")
    if count == 0xFFFF or directory == 0xFFFFFFFF:
        _check_zip64(path, tail[:at])


def _check_zip64(path: Path, before: bytes) -> None:
    at = before.rfind(b"PK\x06\x06")
    if at < 0 or len(before) - at < 56:
        raise DataError(f"{path.name}: its zip64 directory record is missing")
    count, directory = struct.unpack("<QQ", before[at + 32 : at + 48])
    checked_count(path.name, count)
    if directory > MAX_DIRECTORY:
        raise DataError(f"{path.name}: its directory declares {directory:,} bytes; at most {MAX_DIRECTORY:,}")


def _check_zip_member(label: str, name: str, member: zipfile.ZipInfo) -> None:
    check_packing(label, name, member)
    mode = member.external_attr >> 16
    if mode and not stat.S_ISREG(mode) and stat.S_IFMT(mode):
        raise DataError(f"{label}: {name[:80]!r} is a link or a device, which data never needs")


def _check_total(label: str, total: int) -> None:
    if total > MAX_TOTAL:
        raise DataError(f"{label}: unpacks to {total:,} bytes; at most {MAX_TOTAL:,}")


def open_tree(path: Path) -> Tree:
    """A folder, a zip, a tar (plain, gz, bz2, xz), or another file with its other split beside it. Raises DataError."""
    if path.is_dir():
        return FolderTree(path)
    if not path.is_file():
        why = "is neither a file nor a folder" if path.exists() else "there is no such file or folder"
        raise DataError(f"{path}: {why}")
    check_container(path)
    name = path.name.lower()
    if name.endswith((".tar", ".tgz", ".tar.gz", ".tar.bz2", ".tar.xz")):
        return TarTree(path)
    return ZipTree(path) if name.endswith(".zip") else FolderTree(path.parent, _other_splits(path))


def _other_splits(path: Path) -> list[str]:
    """A file's name, and those of its other splits where they are there: train.npz brings val.npz and test.npz."""
    swapped = {
        path.name.replace(there, wanted)
        for word in SPLIT_WORDS
        for other in SPLIT_WORDS
        for there, wanted in ((word, other), (word.title(), other.title()))
    }
    return [path.name, *sorted(name for name in swapped - {path.name} if (path.parent / name).is_file())]
