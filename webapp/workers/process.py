"""Names of processes by which others can tell whether they are alive; and the end of processes."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import socket
import time
from collections.abc import Iterable
from pathlib import Path

BOOT = Path("/proc/sys/kernel/random/boot_id")
PID_NAMESPACE = Path("/proc/self/ns/pid")


def this_process() -> str:
    """`host@place/pid/start`: the start time distinguishes a process from a later one with the same pid."""
    return f"{socket.gethostname()}@{_place()}/{os.getpid()}/{_start(os.getpid())}"


def host_and_pid(holder: str) -> tuple[str, str]:
    """Host and pid of a holder's name, for people; also of names without a place, which earlier versions wrote."""
    where, _, rest = holder.partition("/")
    return where.partition("@")[0], rest.partition("/")[0]


def pid_here(holder: str) -> int | None:
    """The holder's pid, if it is a process this one can see."""
    place, pid = holder.partition("/")[0].partition("@")[2], host_and_pid(holder)[1]
    return int(pid) if place and place == _place() and pid.isdigit() else None


def is_dead_here(holder: str) -> bool:
    """Whether the holder was a process in this place that has ended. False where that cannot be known."""
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
    """Send SIGKILL and wait at most `seconds` for the end: a large process takes a while to die (Linux only)."""
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


def _place() -> str:
    """The scope of a pid: one boot of one kernel and one PID namespace. "" where it cannot be known.

    A hostname does not identify it: the containers of a pod share one, and two machines may.
    """
    try:
        boot = BOOT.read_text(encoding="ascii").strip()
        namespace = PID_NAMESPACE.readlink().name
    except OSError:
        return ""
    return f"{boot}.{namespace.removeprefix('pid:').strip('[]')}"


def _start(pid: int) -> str:
    """The kernel's start time of a process; "" for a zombie or an ended process."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()
    except OSError:
        return ""
    return "" if fields[0] in "ZX" else fields[19]
