"""Names a process so that another on the same host can tell whether it is still alive, and ends processes."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import socket
import time
from collections.abc import Iterable
from pathlib import Path


def this_process() -> str:
    """`host/pid/start`: the start time tells a process from a later one with the same pid."""
    return f"{socket.gethostname()}/{os.getpid()}/{_start(os.getpid())}"


def pid_here(holder: str) -> int | None:
    """The holder's pid, where it is a process of this host."""
    host, _, rest = holder.partition("/")
    pid = rest.partition("/")[0]
    return int(pid) if host == socket.gethostname() and pid.isdigit() else None


def is_dead_here(holder: str) -> bool:
    """Whether the holder was a process of this host that is no more. False where that cannot be known."""
    pid = pid_here(holder)
    if pid is None:
        return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return _start(pid) != holder.rpartition("/")[2]


def end_at_once(pids: Iterable[int], seconds: float) -> None:
    """SIGKILL, and wait until they are gone, at most so long: a large process takes a while to die (Linux only)."""
    deadline = time.monotonic() + seconds
    with contextlib.ExitStack() as stack:
        dying = []
        for pid in pids:
            with contextlib.suppress(ProcessLookupError):
                dying.append(os.pidfd_open(pid))
                stack.callback(os.close, dying[-1])
                signal.pidfd_send_signal(dying[-1], signal.SIGKILL)
        for descriptor in dying:
            select.select([descriptor], [], [], max(0.0, deadline - time.monotonic()))


def _start(pid: int) -> str:
    """The kernel's start time of a process; a zombie counts as gone, and so it has none."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()
    except OSError:
        return ""
    return "" if fields[0] in "ZX" else fields[19]
