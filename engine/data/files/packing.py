"""How tightly a file may be packed before it counts as a bomb. No torch."""

from __future__ import annotations

import zipfile

from engine.errors import DataError

MAX_RATIO = 100
SMALL = 1_000_000
"""Bytes up to which a member may be packed as tightly as it likes."""


def check_packing(label: str, name: str, member: zipfile.ZipInfo) -> None:
    """Raises DataError for a member that is encrypted, or would grow too much."""
    if member.flag_bits & 1:
        raise DataError(f"{label}: {name[:80]!r} is encrypted; make the zip again without a password")
    if member.file_size > max(SMALL, MAX_RATIO * member.compress_size):
        raise DataError(
            f"{label}: {name[:80]!r} would grow from {member.compress_size:,} to {member.file_size:,} bytes; at most "
            f"{MAX_RATIO} times"
        )
