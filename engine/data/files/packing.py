"""Which archives and packings are read, and how tightly a file may be packed before it counts as a bomb."""

from __future__ import annotations

import zipfile
from pathlib import Path

from engine.errors import DataError

MAX_RATIO = 100
SMALL = 1_000_000
"""Bytes up to which a member may be packed as tightly as it likes."""

READ_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA)
OTHER_METHODS = {
    6: "Implode", 9: "Deflate64, as Windows packs files above 2 GB", 93: "Zstandard", 95: "XZ", 96: "JPEG",
    97: "WavPack", 98: "PPMd", 99: "AES, with a password",
}  # fmt: skip
"""Ways of packing a zip's members that Python does not unpack, by their number in the zip's directory."""
OTHER_CONTAINERS: tuple[tuple[str, tuple[str, ...], bytes], ...] = (
    ("7z", (".7z",), b"7z\xbc\xaf\x27\x1c"),
    ("RAR", (".rar",), b"Rar!\x1a\x07"),
    ("Zstandard", (".zst", ".tzst", ".zstd"), b"\x28\xb5\x2f\xfd"),
    ("LZ4", (".lz4",), b"\x04\x22\x4d\x18"),
    ("compress", (".tar.z", ".taz"), b"\x1f\x9d"),
)
"""Archives that are not read: name, suffixes, first bytes."""
UNREAD_SUFFIXES = tuple(suffix for _, suffixes, _ in OTHER_CONTAINERS for suffix in suffixes)


def check_container(path: Path) -> None:
    """Raises DataError for an archive of a kind that is not read, with what to do."""
    with path.open("rb") as file:
        first = file.read(8)
    for title, suffixes, magic in OTHER_CONTAINERS:
        if path.name.lower().endswith(suffixes) or first.startswith(magic):
            raise DataError(
                f"{path.name}: {title} archives are not read; unpack it and give the folder, or pack it as .zip or "
                ".tar.gz"
            )


def check_packing(label: str, name: str, member: zipfile.ZipInfo) -> None:
    """Raises DataError for a member that is encrypted, or would grow too much."""
    if member.flag_bits & 1:
        raise DataError(f"{label}: {name[:80]!r} is encrypted; make the zip again without a password")
    if member.compress_type not in READ_METHODS:
        method = OTHER_METHODS.get(member.compress_type, f"method {member.compress_type}")
        raise DataError(
            f"{label}: {name[:80]!r} is packed by {method}, which is not read; pack it again by Deflate, or as .tar.gz"
        )
    if member.file_size > max(SMALL, MAX_RATIO * member.compress_size):
        raise DataError(
            f"{label}: {name[:80]!r} would grow from {member.compress_size:,} to {member.file_size:,} bytes; at most "
            f"{MAX_RATIO} times"
        )
