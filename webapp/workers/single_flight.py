"""Runs one kind of work in at most one thread of a process, so that other kinds keep a thread."""

from __future__ import annotations

import threading
from collections.abc import Callable


class SingleFlight:
    """A lock for one kind of work. A call that finds it taken returns at once; its holder checks again when done."""

    def __init__(self) -> None:
        self._busy = threading.Lock()

    def drain(self, waits: Callable[[], bool], turn: Callable[[], None]) -> None:
        """Call `turn` while something waits, unless another thread does."""
        while waits() and self._busy.acquire(blocking=False):
            try:
                turn()
            finally:
                self._busy.release()
