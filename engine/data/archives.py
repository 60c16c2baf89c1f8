"""Members of tar archives, read from the stream under limits; nothing is ever written to disk. No torch."""

from __future__ import annotations

import tarfile
from collections.abc import Callable
from pathlib import Path, PurePosixPath

from engine.errors import DataError

MAX_MEMBERS = 1_000
MAX_MEMBER_BYTES = 250_000_000
MAX_TOTAL_BYTES = 1_000_000_000


def read_members(path: Path, wanted: Callable[[str], bool]) -> dict[str, bytes]:
    """Base name → bytes of the regular files whose base name is `wanted`.

    Raises DataError for links, devices, absolute or climbing paths, duplicates, and anything over the limits.
    """
    found: dict[str, bytes] = {}
    total = 0
    try:
        with tarfile.open(path, "r:*") as archive:
            for count, member in enumerate(archive, 1):
                name = _safe_name(path, member, count)
                total += member.size
                if member.size > MAX_MEMBER_BYTES or total > MAX_TOTAL_BYTES:
                    raise DataError(
                        f"{path.name}: unpacks to more than {MAX_TOTAL_BYTES:,} bytes ({member.name[:80]!r})"
                    )
                if not member.isfile() or not wanted(name):
                    continue
                if name in found:
                    raise DataError(f"{path.name}: holds {name!r} twice")
                file = archive.extractfile(member)
                data = file.read(MAX_MEMBER_BYTES) if file else b""
                if len(data) != member.size:
                    raise DataError(f"{path.name}: {name!r} is truncated")
                found[name] = data
    except (tarfile.TarError, EOFError, OSError) as error:
        raise DataError(f"{path.name}: not a readable tar archive, or truncated: {error}") from error
    return found


def _safe_name(path: Path, member: tarfile.TarInfo, count: int) -> str:
    if count > MAX_MEMBERS:
        raise DataError(f"{path.name}: holds more than {MAX_MEMBERS:,} files")
    name = PurePosixPath(member.name)
    if name.is_absolute() or ".." in name.parts:
        raise DataError(f"{path.name}: {member.name[:80]!r} leads out of the archive")
    if not (member.isfile() or member.isdir()):
        raise DataError(f"{path.name}: {member.name[:80]!r} is a link or a device, which image data never needs")
    return name.name
