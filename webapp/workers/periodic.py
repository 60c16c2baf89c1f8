"""What every worker's main process does beside its work: look after what waits or was left, turn by turn."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterable

from django.conf import settings
from django.db import connection

GARBAGE_EVERY = 600.0
"""Seconds between two looks for what may be thrown away."""
ROWS_EVERY = 86_400.0
"""Seconds between two looks for rows that are of no use any more."""


class Seldom:
    """Whether it is time for what is done every so many seconds: at once, or only after the first of them."""

    def __init__(self, seconds: float, *, at_once: bool = False) -> None:
        self.seconds = seconds
        self.last = float("-inf") if at_once else time.monotonic()

    def due(self) -> bool:
        """From now on it is not, for as long again."""
        if time.monotonic() - self.last <= self.seconds:
            return False
        self.last = time.monotonic()
        return True


def keep_house(turn: Callable[[], None], over: threading.Event, name: str, log: logging.Logger) -> None:
    """A turn every REAPER_SECONDS until `over`; one that fails is logged and comes again."""
    while True:
        try:
            turn()
        except Exception as error:  # database or broker may be away for a while
            log.warning("%s: %s: %s", name, type(error).__name__, error)
        finally:
            connection.close()
        if over.wait(settings.REAPER_SECONDS):
            return


def do_all(duties: Iterable[Callable[[], None]], log: logging.Logger) -> None:
    """Every duty, whatever became of the others: where the broker is away, say, a worker still tells that it lives."""
    problems = []
    for duty in duties:
        try:
            duty()
        except Exception as error:  # database or broker may be away for a while
            problems.append(f"{type(error).__name__}: {error}")
    for problem in dict.fromkeys(problems):
        log.warning("left for the next turn: %s", problem)
