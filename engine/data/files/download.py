"""Downloads from a fixed table of official addresses, with size and checksum; resumes."""

from __future__ import annotations

import hashlib
import http.client
import urllib.request
from collections.abc import Callable
from pathlib import Path

from engine.config.catalog import Source
from engine.errors import DataError

TIMEOUT_SECONDS = 8.0
CHUNK = 1 << 20


def fetch(source: Source, folder: Path, progress: Callable[[int, int], None] = lambda done, total: None) -> Path:
    """The verified archive in `folder`; a partial download goes on. Raises DataError with the way to do it by hand."""
    target = folder / source.file
    folder.mkdir(parents=True, exist_ok=True)
    part = folder / f"{source.file}.part"
    by_hand = f"download {source.url} elsewhere and place it at {target}"
    try:
        _stream(source, part, progress)
    except (OSError, http.client.HTTPException) as error:  # URLError and time-outs are OSErrors
        reason = getattr(error, "reason", error)
        raise DataError(f"{source.file} could not be downloaded ({reason}); {by_hand}") from error
    if (found := md5(part)) != source.md5:
        part.unlink()
        raise DataError(f"{source.file}: its MD5 is {found}, the official one {source.md5}; try again, or {by_hand}")
    part.replace(target)
    return target


def _stream(source: Source, part: Path, progress: Callable[[int, int], None]) -> None:
    have = part.stat().st_size if part.exists() else 0
    if have >= source.size:
        return
    request = urllib.request.Request(source.url, headers={"Range": f"bytes={have}-"} if have else {})
    with urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS) as answer:
        resumed = answer.status == 206
        done = have if resumed else 0
        with part.open("ab" if resumed else "wb") as file:
            while chunk := answer.read(CHUNK):
                done += len(chunk)
                if done > source.size:
                    raise OSError(f"the server sends more than {source.size:,} bytes")
                file.write(chunk)
                progress(done, source.size)
    if done < source.size:  # the part is kept: the next try goes on from here
        raise OSError(f"the connection ended after {done:,} of {source.size:,} bytes; try again to go on")


def md5(path: Path) -> str:
    """MD5 as the official pages publish it; a checksum against damage, not against an attacker."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, lambda: hashlib.md5(usedforsecurity=False)).hexdigest()
