"""A zip of files as they lie, uncompressed: its length and every byte are known without making it.

Equal files give equal bytes: dates and permissions are fixed, and members come in the order given.
"""

from __future__ import annotations

import hashlib
import struct
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

CHUNK = 1 << 18
DATE = (2020 - 1980) << 9 | 1 << 5 | 1
"""1 January 2020, as zips write it; weights do not compress, so members are stored."""
PERMISSIONS = 0o600 << 16
"""As earlier versions wrote them, so that a result of then is still the same zip."""
VERSION, UNIX = 20, 3 << 8
LOCAL, DIRECTORY, END = struct.Struct("<4s5H3L2H"), struct.Struct("<4s6H3L5H2L"), struct.Struct("<4s4H2LH")
"""Header of a member, entry of the central directory, end of that directory (APPNOTE.TXT 4.3.7, 4.3.12, 4.3.16)."""


@dataclass(frozen=True)
class Member:
    """A file with its size, CRC-32 and SHA-256."""

    path: Path
    size: int
    crc: int
    sha256: str

    @property
    def name(self) -> bytes:
        return self.path.name.encode("ascii")

    def header(self) -> bytes:
        """What stands before its content."""
        sizes = (self.crc, self.size, self.size)
        return LOCAL.pack(b"PK\3\4", VERSION, 0, 0, 0, DATE, *sizes, len(self.name), 0) + self.name

    def entry(self, offset: int) -> bytes:
        """Its entry in the directory at the end, where its header begins at `offset`."""
        sizes, lengths = (self.crc, self.size, self.size), (len(self.name), 0, 0, 0, 0)
        fixed = (UNIX | VERSION, VERSION, 0, 0, 0, DATE)
        return DIRECTORY.pack(b"PK\1\2", *fixed, *sizes, *lengths, PERMISSIONS, offset) + self.name


@dataclass(frozen=True)
class StoredZip:
    """`parts` in order: bytes, or a member whose content lies there. `tag` tells its bytes from all others."""

    parts: tuple[bytes | Member, ...]
    size: int
    tag: str

    def read(self, start: int, stop: int) -> Iterator[bytes]:
        """Bytes `start` to before `stop`, in chunks. Raises OSError where a file has gone or become shorter."""
        at = 0
        for part in self.parts:
            length = len(part) if isinstance(part, bytes) else part.size
            first, last = max(start - at, 0), min(stop - at, length)
            if first < last:
                yield from [part[first:last]] if isinstance(part, bytes) else _content(part, first, last)
            at += length


def stored_zip(paths: Sequence[Path]) -> StoredZip:
    """The zip of these files, whose names are ASCII. Raises OSError; struct.error above 4 GiB."""
    members = [_member(path, (status := path.stat()).st_size, status.st_mtime_ns) for path in paths]
    parts: list[bytes | Member] = []
    entries, offset = b"", 0
    for member in members:
        parts += [header := member.header(), member]
        entries += member.entry(offset)
        offset += len(header) + member.size
    count = len(members)
    end = END.pack(b"PK\5\6", 0, 0, count, count, len(entries), offset, 0)
    told = entries + "".join(member.sha256 for member in members).encode()
    return StoredZip((*parts, entries + end), offset + len(entries) + len(end), hashlib.sha256(told).hexdigest())


@lru_cache(maxsize=256)
def _member(path: Path, size: int, changed: int) -> Member:
    """Read once for each state of a file, which its size and time of change tell."""
    crc, total = 0, hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            crc = zlib.crc32(chunk, crc)
            total.update(chunk)
    return Member(path, size, crc, total.hexdigest())


def _content(member: Member, start: int, stop: int) -> Iterator[bytes]:
    with member.path.open("rb") as file:
        file.seek(start)
        while start < stop:
            chunk = file.read(min(CHUNK, stop - start))
            if not chunk:
                raise OSError(f"{member.path} became shorter while it was sent")
            start += len(chunk)
            yield chunk
