"""One place for a kind of work in a process of several threads, so that no kind takes the places of the others."""

from __future__ import annotations

import threading
from collections.abc import Callable


class Slot:
    """Held by whoever works; a wake-up that finds it taken ends at once, for its holder looks again when done."""

    def __init__(self) -> None:
        self._taken = threading.Lock()

    def work_off(self, waits: Callable[[], bool], turn: Callable[[], None]) -> None:
        """One turn after another while something waits, unless somebody is at it."""
        while waits() and self._taken.acquire(blocking=False):
            try:
                turn()
            finally:
                self._taken.release()
