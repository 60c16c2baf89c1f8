"""How much memory processes have, how much there is, and whether the kernel killed any for want of it (Linux only)."""

from __future__ import annotations

import os
import re
from pathlib import Path

PROC = Path("/proc")
CGROUPS = Path("/sys/fs/cgroup")
PAGE = os.sysconf("SC_PAGE_SIZE")


def family(pid: int) -> list[int]:
    """The process and its children."""
    try:
        children = (PROC / str(pid) / "task" / str(pid) / "children").read_text().split()
    except OSError:
        children = []
    return [pid, *map(int, children)]


def resident(pid: int) -> int | None:
    """Bytes of memory the process and its children hold; None where that cannot be known."""
    total = 0
    for member in family(pid):
        try:
            total += int((PROC / str(member) / "statm").read_text().split()[1]) * PAGE
        except (OSError, ValueError, IndexError):
            continue
    return total or None


def oom_kills() -> int | None:
    """How many processes the kernel has killed for want of memory, in this control group or else on this machine."""
    for path in (*_group_files("memory.events", "memory.oom_control"), PROC / "vmstat"):
        found = re.search(r"^oom_kill (\d+)$", _read(path), re.MULTILINE)
        if found:
            return int(found.group(1))
    return None


def limit() -> int | None:
    """Bytes of memory there are: the control group's bound, or else the machine's."""
    found = re.search(r"^MemTotal:\s+(\d+) kB", _read(PROC / "meminfo"), re.MULTILINE)
    total = int(found.group(1)) * 1024 if found else None
    for path in _group_files("memory.max", "memory.limit_in_bytes"):
        text = _read(path).strip()
        if text.isdigit() and (total is None or int(text) < total):
            return int(text)
    return total


def _group_files(second: str, first: str) -> list[Path]:
    """Where this process's control group keeps a file, by its names in versions 2 and 1."""
    found = []
    for line in _read(PROC / "self" / "cgroup").splitlines():
        _, controllers, path = line.split(":", 2)
        if controllers == "":
            found.append(CGROUPS / path.lstrip("/") / second)
        elif "memory" in controllers.split(","):
            found.append(CGROUPS / "memory" / path.lstrip("/") / first)
    return found


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="ascii", errors="replace")
    except OSError:
        return ""
