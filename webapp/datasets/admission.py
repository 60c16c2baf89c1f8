"""Checks of an upload or a registered path by name, size and place, before a byte is read."""

from __future__ import annotations

import shutil
from pathlib import Path

from django.conf import settings
from django.contrib.auth.models import User
from django.db.models import Sum

from engine.data.files.names import checked_name
from engine.errors import DataError
from webapp.datasets import files
from webapp.datasets.models import Dataset, DatasetQuerySet, Source, State
from webapp.http.text import is_storable

SUFFIXES = (".zip", ".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tar.xz", ".npz", ".parquet")
FIRST_BYTES: dict[str, tuple[bytes, ...]] = {
    ".zip": (b"PK\x03\x04",),
    ".npz": (b"PK\x03\x04",),
    ".tar.gz": (b"\x1f\x8b",),
    ".tgz": (b"\x1f\x8b",),
    ".tar.bz2": (b"BZh",),
    ".tar.xz": (b"\xfd7zXZ\x00",),
    ".parquet": (b"PAR1",),
}
TAR_MAGIC_AT = 257
PICKLED = (".pt", ".pth", ".pkl", ".pickle", ".ckpt", ".safetensors", ".joblib")
MAX_UNFINISHED = 20
SPARE_DISK = 1_000_000_000
LONGEST_PATH = 500


class Refused(Exception):
    """A problem of a field; the message is for the user."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field, self.message = field, message


def check_title(title: object) -> str:
    """Raises Refused."""
    if not isinstance(title, str) or not 1 <= len(title.strip()) <= 120 or not title.isprintable():
        raise Refused("title", "must be 1 to 120 printable characters")
    return title.strip()


def check_text(field: str, text: object, most: int) -> str:
    """Raises Refused."""
    if not isinstance(text, str) or len(text) > most:
        raise Refused(field, f"must be text of at most {most} characters")
    if not is_storable(text):
        raise Refused(field, "must be text that can be stored, without U+0000 or half a surrogate pair")
    return text


def check_file(name: object, size: object) -> tuple[str, int]:
    """Checks name and size of an upload. Raises Refused."""
    if not isinstance(name, str) or "/" in name or "\\" in name:
        raise Refused("file", "must be a plain file name")
    try:
        checked_name("upload", name)
    except (DataError, UnicodeEncodeError) as error:
        raise Refused("file", str(error).removeprefix("upload: ")) from error
    lower = name.lower()
    if lower.endswith(PICKLED):
        raise Refused(
            "file",
            "weights and pickles are not data sets, and opening a pickle can run code; save arrays as .npz "
            "(x_train, y_train, x_test, y_test)",
        )
    if suffix_of(lower) is None:
        raise Refused("file", f"must end in one of {', '.join(SUFFIXES)}; put folders and single files into a zip")
    if isinstance(size, bool) or not isinstance(size, int) or not 1 <= size <= settings.MAX_UPLOAD:
        raise Refused("size", f"must be 1 to {settings.MAX_UPLOAD:,} bytes; larger sets: register their folder")
    return name, size


def suffix_of(name: str) -> str | None:
    """The longest known suffix of a file name."""
    return max((suffix for suffix in SUFFIXES if name.lower().endswith(suffix)), key=len, default=None)


def check_first_bytes(name: str, data: bytes) -> None:
    """Raises Refused where the first bytes do not match the file's name."""
    suffix = suffix_of(name)
    if suffix == ".tar":
        if data[TAR_MAGIC_AT : TAR_MAGIC_AT + 5] != b"ustar":
            raise Refused("file", "its name says tar, its first bytes do not")
    elif suffix is not None and not data.startswith(FIRST_BYTES[suffix]):
        raise Refused("file", f"its name says {suffix[1:]}, its first bytes do not")


def check_quota_and_disk(owner: User, size: int) -> None:
    """Raises Refused where the upload exceeds the user's quota, the unfinished uploads or the disk."""
    used = bytes_used(owner)
    if used + size > settings.UPLOAD_QUOTA:
        raise Refused(
            "size",
            f"your uploads take {used:,} of your {settings.UPLOAD_QUOTA:,} bytes; this one of {size:,} does not fit: "
            "delete one first",
        )
    if _kept_uploads(owner).filter(state=State.ARRIVING).count() >= MAX_UNFINISHED:
        raise Refused("file", f"you have {MAX_UNFINISHED} unfinished uploads; finish or delete one first")
    free = shutil.disk_usage(settings.DATA_ROOT).free
    if size + SPARE_DISK > free:
        raise Refused("size", f"the server's disk has {free:,} bytes left, {SPARE_DISK:,} of which it keeps")


def bytes_used(owner: User) -> int:
    """Bytes of the user's uploads, unfinished ones at their full size."""
    return _kept_uploads(owner).aggregate(total=Sum("size"))["total"] or 0


def _kept_uploads(owner: User) -> DatasetQuerySet:
    return Dataset.objects.filter(owner=owner, source=Source.UPLOAD).exclude(state=State.REFUSED)


def why_unreadable(path: str, visible: DatasetQuerySet) -> str:
    """Why a study may not read this `data.path`; "" where it may."""
    roots: list[Path] = [settings.DATA_ROOT, *settings.DATA_ROOTS]
    try:
        found = (settings.DATA_ROOT / path).resolve()
        inside = "\0" not in path and any(found.is_relative_to(root.resolve()) for root in roots)
    except (OSError, RuntimeError, ValueError):
        inside = False
    if not inside:
        return "must be a file or folder below the server's data folder"
    if not found.is_relative_to(files.uploads()):
        return ""
    mine = visible.filter(location=str(found.relative_to(settings.DATA_ROOT.resolve()))).first()
    if mine is None:
        return "names an upload that is not there, or not yours"
    return "" if mine.state == State.READY else f"names an upload that is {mine.get_state_display()}"


def check_path(path: object) -> str:
    """Checks a file or folder below an allowed root; returns it relative to the data root, or absolute. Raises
    Refused.
    """
    roots: list[Path] = [settings.DATA_ROOT, *settings.DATA_ROOTS]
    allowed = ", ".join(str(root) for root in roots)
    if not isinstance(path, str) or not path.strip() or len(path) > LONGEST_PATH or not is_storable(path):
        raise Refused("path", f"must name a file or folder below {allowed}")
    try:
        found = (settings.DATA_ROOT / path.strip()).resolve()
        home = next((root.resolve() for root in roots if found.is_relative_to(root.resolve())), None)
        there = home is not None and found.exists()
    except (OSError, RuntimeError) as error:
        raise Refused("path", "cannot be read") from error
    if home is None:
        raise Refused("path", f"must lie below {allowed}; the server's admin can allow more (AUTOSNN_DATA_ROOTS)")
    if any(part.startswith(".") for part in found.relative_to(home).parts) or found.is_relative_to(files.uploads()):
        raise Refused("path", "belongs to the server itself")
    if found in (root.resolve() for root in roots):
        raise Refused("path", "is the whole root; name the data set's own file or folder in it")
    if not there:
        raise Refused("path", f"there is no such file or folder below {home}")
    root = settings.DATA_ROOT.resolve()
    place = str(found.relative_to(root)) if found.is_relative_to(root) else str(found)
    if not is_storable(place) or len(place) > LONGEST_PATH:
        raise Refused("path", f"leads to a name that is not UTF-8, or longer than {LONGEST_PATH} characters; rename it")
    return place
