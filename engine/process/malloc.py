"""Settings of the process that cost nothing and save time: memory that was once touched is kept for the next step."""

from __future__ import annotations

import ctypes
import sys

M_TRIM_THRESHOLD, M_TOP_PAD, M_MMAP_MAX = -1, -2, -4
NEVER = 2**31 - 1
PAD = 1 << 28
"""The heap grows by so much more than was asked for: aligned blocks do not fit exactly where equal ones were freed.
What of it is not used is never touched, so it takes no memory.
"""


def tune() -> bool:
    """Let the C library keep freed memory; whether it could be told so (glibc alone can).

    Large tensors come from fresh mappings otherwise, and the kernel zeroes each page anew at its first touch, which
    takes longer than most of what is computed on it.
    """
    library = _c_library()
    if library is None:
        return False
    settings = ((M_MMAP_MAX, 0), (M_TRIM_THRESHOLD, NEVER), (M_TOP_PAD, PAD))
    return all(library.mallopt(name, value) for name, value in settings)


def release() -> None:
    """Give freed memory back to the system, once there is no next step."""
    library = _c_library()
    if library is not None:
        library.malloc_trim(0)


def _c_library() -> ctypes.CDLL | None:
    """glibc; None for any other."""
    library = ctypes.CDLL(None) if sys.platform == "linux" else None
    return library if hasattr(library, "mallopt") and hasattr(library, "malloc_trim") else None
