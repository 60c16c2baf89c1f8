"""Settings of the process that cost nothing and save time: memory that was once touched is kept for the next step."""

from __future__ import annotations

import ctypes
import sys

M_TRIM_THRESHOLD, M_MMAP_MAX = -1, -4
NEVER = 2**31 - 1


def tune() -> bool:
    """Let the C library keep freed memory; whether it could be told so (glibc alone can).

    Large tensors come from fresh mappings otherwise, and the kernel zeroes each page anew at its first touch, which
    takes longer than most of what is computed on it.
    """
    if sys.platform != "linux":
        return False
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (OSError, AttributeError):
        return False
    return bool(mallopt(M_MMAP_MAX, 0)) and bool(mallopt(M_TRIM_THRESHOLD, NEVER))
