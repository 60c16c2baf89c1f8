"""What a file is by its first bytes, for messages about one that was expected to be something else."""

from __future__ import annotations

KNOWN: tuple[tuple[int, bytes, str], ...] = (
    (0, b"version https://git-lfs", "it is a Git LFS pointer: fetch the file itself (git lfs pull)"),
    (0, b"<!doctype html", "it is a web page"),
    (0, b"<html", "it is a web page"),
    (0, b"<svg", "it is an SVG drawing"),
    (0, b"<?xml", "it is XML text"),
    (8, b"webp", "it is WebP, which is not read; save it as PNG"),
    (4, b"ftyphei", "it is HEIC, which is not read; save it as PNG or JPEG"),
    (4, b"ftypavi", "it is AVIF, which is not read; save it as PNG"),
    (4, b"ftyp", "it is a video or picture of the MP4 family"),
    (0, b"\0\0\0\x0cjp  ", "it is JPEG 2000, which is not read; save it as PNG"),
    (0, b"8bps", "it is a Photoshop file"),
    (0, b"%pdf", "it is a PDF"),
    (128, b"dicm", "it is DICOM, which is not read; save it as 16-bit PNG"),
    (0, b"par1", "it is Parquet"),
    (0, b"\x89hdf\r\n\x1a\n", "it is HDF5"),
    (0, b"pk\x03\x04", "it is a zip"),
    (0, b"\x1f\x8b", "it is gzip"),
    (0, b"\x93numpy", "it is a NumPy array"),
)
"""Where, which bytes in lower case, and what then; the first that fits is told."""


def what_it_is(data: bytes, error: Exception | None = None) -> str:
    """The kind of a file that is not what its name says, or else what its reader complained of."""
    if not data:
        return "it is empty"
    head = data[:256].lower()
    found = next((words for at, magic, words in KNOWN if head[at:].startswith(magic)), None)
    if found is not None:
        return found
    if error is None or "BytesIO" in str(error):
        return "its first bytes are of no known kind"
    return str(error)[:120]
