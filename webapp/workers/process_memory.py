"""Memory of processes, total memory, and out-of-memory kills by the kernel (Linux only)."""

from __future__ import annotations

import re
from pathlib import Path

PROC = Path("/proc")
CGROUPS = Path("/sys/fs/cgroup")


def family(pid: int) -> list[int]:
    """The process and the children of all its threads."""
    listed = (PROC / str(pid) / "task").glob("*/children")
    return [pid, *(int(child) for path in listed for child in _read(path).split())]


def resident(pid: int) -> int | None:
    """Bytes of memory of the process and its children, shared pages counted once; None where unknown."""
    return sum(_proportional(member) for member in family(pid)) or None


def _proportional(pid: int) -> int:
    found = re.search(r"^Pss:\s+(\d+) kB", _read(PROC / str(pid) / "smaps_rollup"), re.MULTILINE)
    return int(found.group(1)) * 1024 if found else 0


def oom_kills() -> int | None:
    """The processes the kernel has killed for lack of memory, in this control group or else on this machine."""
    for path in (*_group_files("memory.events", "memory.oom_control"), PROC / "vmstat"):
        found = re.search(r"^oom_kill (\d+)$", _read(path), re.MULTILINE)
        if found:
            return int(found.group(1))
    return None


def limit() -> int | None:
    """Total bytes of memory: the control group's limit, or else the machine's."""
    found = re.search(r"^MemTotal:\s+(\d+) kB", _read(PROC / "meminfo"), re.MULTILINE)
    total = int(found.group(1)) * 1024 if found else None
    for path in _group_files("memory.max", "memory.limit_in_bytes"):
        text = _read(path).strip()
        if text.isdigit() and (total is None or int(text) < total):
            return int(text)
    return total


def _group_files(second: str, first: str) -> list[Path]:
    """Paths of a file of this process's control group, by its names in cgroup versions 2 and 1."""
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
