"""The lines of text that event files begin with."""

from __future__ import annotations

import re

from engine.errors import DataError

MAX_HEADER = 100_000
CONTROL = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]")
"""What no line of text has; tabs and the ends of lines are allowed."""


def header_end(data: bytes, name: str, mark: bytes, last: tuple[bytes, ...]) -> int:
    """Where the lines that begin with `mark` end, or the first that begins with one of `last` (in lower case).

    A line with control characters is data that happens to begin with the mark. Raises DataError where the header does
    not end within bounds.
    """
    at = 0
    while data.startswith(mark, at):
        end = data.find(b"\n", at, MAX_HEADER)
        if CONTROL.search(data, at, end if end >= 0 else MAX_HEADER):
            return at
        if end < 0:
            raise DataError(f"{name}: its header does not end within {MAX_HEADER:,} bytes")
        line, at = data[at:end].strip().lower(), end + 1
        if line.startswith(last):
            return at
    return at
