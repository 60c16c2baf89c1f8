"""Names a process so that another on the same host can tell whether it is still alive."""

from __future__ import annotations

import os
import socket
from pathlib import Path


def this_process() -> str:
    """`host/pid/start`: the start time tells a process from a later one with the same pid."""
    return f"{socket.gethostname()}/{os.getpid()}/{_start(os.getpid())}"


def is_dead_here(holder: str) -> bool:
    """Whether the holder was a process of this host that is no more. False where that cannot be known."""
    host, _, rest = holder.partition("/")
    pid, _, start = rest.partition("/")
    if host != socket.gethostname() or not pid.isdigit():
        return False
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return _start(int(pid)) != start


def _start(pid: int) -> str:
    """The kernel's start time of a process; a zombie counts as gone, and so it has none."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()
    except OSError:
        return ""
    return "" if fields[0] in "ZX" else fields[19]
