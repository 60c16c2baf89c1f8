"""Ends a process when its parent dies, also after a kill -9 of the parent (Linux only)."""

from __future__ import annotations

import ctypes
import signal
import sys

PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


def end_with_parent() -> None:
    """Send SIGKILL to this process when its parent dies. SIGTERM would hang a worker that loses its broker as well."""
    if _libc is not None:
        _libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
