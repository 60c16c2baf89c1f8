"""Limits of a process of the engine that the web application starts beside the search."""

from __future__ import annotations

import os
import resource
from pathlib import Path

from webapp.workers.parent_death import end_with_parent

MAX_WRITTEN = 4_000_000_000
"""Bytes of a file: enough to cut the frames of an event data set again where their cache is missing."""
NICENESS = 5
"""It must not slow down the search beside it."""
GPU = Path("/dev/nvidiactl")


def limit_this_process(memory: int, *, seconds: int | None = None, may_use_gpu: bool = True) -> None:
    """Bound bytes of memory and of written files, and seconds of processor time; end with the parent.

    CUDA reserves far more address space than it uses, so on a GPU machine memory of a process that may use it is free.
    """
    end_with_parent()
    os.nice(NICENESS)
    if not may_use_gpu or not GPU.exists():
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    if seconds is not None:
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_FSIZE, (MAX_WRITTEN, MAX_WRITTEN))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
