"""Which bytes of a response a request asks for: Range, If-Range and If-None-Match (RFC 9110, sections 13 and 14)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

RANGE = re.compile(r"bytes=(\d*)-(\d*)", re.IGNORECASE)


@dataclass(frozen=True)
class ByteRange:
    """Bytes `start` to before `stop`; empty where none of them is there."""

    start: int
    stop: int

    def header(self, size: int) -> str:
        """Content-Range of `size` bytes in all."""
        return f"bytes {self.start}-{self.stop - 1}/{size}" if self.start < self.stop else f"bytes */{size}"


def asked_range(headers: Mapping[str, str], size: int, etag: str) -> ByteRange | None:
    """The one range asked for, of `size` bytes; None where all are to be sent.

    So it is without a range, for several of them or one that cannot be read, and where If-Range names other bytes than
    those of `etag`.
    """
    found = RANGE.fullmatch(headers.get("Range", "").strip())
    if found is None or found.groups() == ("", "") or headers.get("If-Range", etag) != etag:
        return None
    first, last = found.groups()
    if not first:  # the last so many
        return ByteRange(max(size - int(last), 0), size)
    stop = min(int(last) + 1, size) if last else size
    if last and int(last) < int(first):
        return None
    return ByteRange(int(first), stop)


def is_known(headers: Mapping[str, str], etag: str) -> bool:
    """Whether the client says that it has these bytes already."""
    known = [tag.strip().removeprefix("W/") for tag in headers.get("If-None-Match", "").split(",")]
    return etag in known or "*" in known
