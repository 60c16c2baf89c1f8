"""Checks before the start; each failure is one sentence and exit status 1."""

from __future__ import annotations

import fcntl
import os
import shutil
import socket
from pathlib import Path
from typing import IO

MIN_FREE_BYTES = 200_000_000


class CannotStart(Exception):
    """The reason why the product cannot start, and what to do about it."""


def port_is_free(host: str, port: int) -> None:
    """Raise CannotStart where another program listens there."""
    try:
        address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    except OSError as error:
        raise CannotStart(f"--host {host}: {error.strerror}") from error
    with socket.socket(address[0], socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(address[4])
        except PermissionError as error:
            raise CannotStart(f"port {port} needs root: choose one above 1023, as in bin/run --port 8000") from error
        except OSError as error:
            free = port + 1 if port < 65535 else 8000
            raise CannotStart(f"port {port} is taken: choose another, as in bin/run --port {free}") from error


def usable(var: Path) -> None:
    """Make the state folder; raise CannotStart where it cannot be written or the disk is nearly full."""
    try:
        for folder in (var, var / "secrets", var / "run", var / "log"):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        probe = var / "run" / f".probe-{os.getpid()}"
        probe.write_bytes(b"x" * 4096)
        probe.unlink()
    except OSError as error:
        raise CannotStart(f"--var {var} cannot be written: {error.strerror}") from error
    free = shutil.disk_usage(var).free
    if free < MIN_FREE_BYTES:
        raise CannotStart(
            f"--var {var}: the disk is full, {free // 1_000_000} MB are free and at least "
            f"{MIN_FREE_BYTES // 1_000_000} MB are needed"
        )


def lock(var: Path) -> IO[str]:
    """Hold the folder for this process; raise CannotStart where another one has it. Keep the returned file open."""
    file = (var / "run" / "lock").open("a+")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        file.seek(0)
        holder = file.read().strip() or "?"
        file.close()
        raise CannotStart(
            f"--var {var} is in use by another AutoSNN Studio (process {holder}): stop it, or choose another folder"
        ) from error
    file.truncate(0)
    file.write(str(os.getpid()))
    file.flush()
    return file
