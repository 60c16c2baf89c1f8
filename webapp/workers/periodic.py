"""Periodic jobs of a worker's main process."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterable

from django.conf import settings
from django.db import connection

GARBAGE_EVERY = 600.0
"""Seconds between two searches for files to delete."""
ROWS_EVERY = 86_400.0
"""Seconds between two searches for rows to delete."""


class Interval:
    """Tells when a job is due that runs every so many seconds, the first time at once or after the first interval."""

    def __init__(self, seconds: float, *, at_once: bool = False) -> None:
        self.seconds = seconds
        self.last = float("-inf") if at_once else time.monotonic()

    def due(self) -> bool:
        """Whether the job is due; True starts the next interval."""
        if time.monotonic() - self.last <= self.seconds:
            return False
        self.last = time.monotonic()
        return True


def run_periodically(turn: Callable[[], None], over: threading.Event, name: str, log: logging.Logger) -> None:
    """Call `turn` every REAPER_SECONDS until `over` is set; a failure is logged."""
    while True:
        try:
            turn()
        except Exception as error:  # database or broker may be unavailable for a while
            log.warning("%s: %s: %s", name, type(error).__name__, error)
        finally:
            connection.close()
        if over.wait(settings.REAPER_SECONDS):
            return


def run_all(jobs: Iterable[Callable[[], None]], log: logging.Logger) -> None:
    """Call every job, also after failures: without the broker, say, a worker still sends its heartbeat."""
    problems = []
    for job in jobs:
        try:
            job()
        except Exception as error:  # database or broker may be unavailable for a while
            problems.append(f"{type(error).__name__}: {error}")
    for problem in dict.fromkeys(problems):
        log.warning("failed, tried again next time: %s", problem)
