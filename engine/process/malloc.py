"""Settings of glibc's memory allocator: freed memory is kept for the next training step."""

from __future__ import annotations

import ctypes
import sys

M_TRIM_THRESHOLD, M_TOP_PAD, M_MMAP_MAX = -1, -2, -4
"""Parameters of glibc's mallopt, from malloc.h."""
NEVER = 2**31 - 1
"""The largest trim threshold, in bytes: freed memory is not returned."""
PAD = 1 << 28
"""Bytes by which the heap grows beyond a request: aligned blocks do not fit exactly where equal ones were freed.
What is not used of it is never touched, so it takes no memory.
"""


def keep_freed_memory() -> bool:
    """Let the C library keep freed memory; False where it is not glibc, which alone has the setting.

    Otherwise every large tensor gets a new mapping, whose pages the system zeroes at first touch. That takes longer
    than most computations on them.
    """
    library = _c_library()
    if library is None:
        return False
    settings = ((M_MMAP_MAX, 0), (M_TRIM_THRESHOLD, NEVER), (M_TOP_PAD, PAD))
    return all(library.mallopt(name, value) for name, value in settings)


def return_freed_memory() -> None:
    """Return freed memory to the system, once there is no next step."""
    library = _c_library()
    if library is not None:
        library.malloc_trim(0)


def _c_library() -> ctypes.CDLL | None:
    """glibc; None for any other C library."""
    library = ctypes.CDLL(None) if sys.platform == "linux" else None
    return library if hasattr(library, "mallopt") and hasattr(library, "malloc_trim") else None
