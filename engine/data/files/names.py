"""One rule for the names of files, whether they lie in a folder, a zip or a tar."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from engine.errors import DataError

MAX_NAME = 255
RESERVED = frozenset(["con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(1, 10))])
"""Names that mean devices on Windows, where an archive passed on would do harm."""
SYSTEM_FILES = frozenset(
    ["__macosx", "thumbs.db", "ehthumbs.db", "desktop.ini", "icon\r", "$recycle.bin", "system volume information"]
)
"""What macOS and Windows leave behind, in lower case; names that begin with a dot besides."""
DRIVE = re.compile("[A-Za-z]:")
JOINERS = frozenset("\u200c\u200d")
"""Zero-width joiners: Persian and other scripts need them, and so do composed emoji."""
EMOJI_TAGS = range(0xE0020, 0xE0080)
"""Spell the flags of regions."""


def checked_name(label: str, name: str) -> str:
    """A posix path with / for \\, as Windows packs it. Raises DataError for one that leads out, or deceives readers."""
    parts = _parts(label, name)
    shown = repr(name[:80])
    if not name.isascii() and any(unicodedata.category(character) == "Cs" for character in name):
        raise DataError(f"{label}: the name {shown} is not UTF-8; rename it")
    if any(len(part.encode()) > MAX_NAME for part in parts):
        raise DataError(f"{label}: the name {shown}… is longer than {MAX_NAME} bytes")
    if not (name.isascii() and name.isprintable()) and any(map(_deceives, name)):
        raise DataError(f"{label}: the name {shown} holds control or direction characters; rename it")
    if any(part.split(".")[0].lower() in RESERVED for part in parts):
        raise DataError(
            f"{label}: the name {shown} is reserved on some systems (Windows takes it for a device); rename it"
        )
    return "/".join(parts)


def system_part(label: str, name: str) -> str | None:
    """The hidden or system file or folder that the path names or lies in, such as __MACOSX; None for a user's own.

    Raises DataError for a path that leads out.
    """
    return next((part for part in _parts(label, name) if is_system(part)), None)


def is_system(part: str) -> bool:
    """Whether a file or folder of this name is never data: it is hidden, or a system left it there."""
    return part.startswith(".") or part.lower() in SYSTEM_FILES


def composed(name: str) -> str:
    """NFC: macOS writes é as two characters, others as one; both are one name."""
    return unicodedata.normalize("NFC", name)


def _parts(label: str, name: str) -> list[str]:
    path = name.replace("\\", "/")
    parts = [part for part in path.split("/") if part not in ("", ".")]
    if not parts or path.startswith("/") or ".." in parts or DRIVE.fullmatch(parts[0]):
        raise DataError(f"{label}: {name[:80]!r} leads out of the archive")
    return parts


def _deceives(character: str) -> bool:
    if character in JOINERS or ord(character) in EMOJI_TAGS:
        return False
    return unicodedata.category(character) in ("Cc", "Cf", "Co")


def natural(name: str) -> list[tuple[int, str]]:
    """Sort key that counts: clip_2 before clip_10."""
    return [(int(part), "") if part.isdecimal() else (-1, part) for part in re.split(r"(\d+)", name) if part]


def listed(names: Iterable[str], most: int = 4) -> str:
    """The first names, and how many there are where there are more: a, b, … (12)."""
    every = list(names)
    shown = ", ".join(name[:60] for name in every[:most])
    return shown if len(every) <= most else f"{shown}, … ({len(every):,})"
