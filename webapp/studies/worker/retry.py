"""Retries a write while the database is unavailable, for as long as a lease lasts without renewal."""

from __future__ import annotations

import logging
import random
import threading
import time
from collections.abc import Callable
from typing import TypeVar

from django.conf import settings
from django.db import InterfaceError, OperationalError, connection

from webapp.studies.worker.disk_full import is_full

log = logging.getLogger(__name__)
Answer = TypeVar("Answer")
FIRST_PAUSE = 0.2
LONGEST_PAUSE = 3.0


def retry_while_unavailable(write: Callable[[], Answer]) -> Answer:
    """Call an idempotent write, and retry it while the connection fails. Raises the last error.

    A full disk is raised at once: it lasts longer than a lease.
    """
    began, pause = time.monotonic(), FIRST_PAUSE
    while True:
        try:
            return write()
        except (OperationalError, InterfaceError) as error:
            connection.close()
            if is_full(error) or time.monotonic() - began + pause > settings.GIVE_UP_SECONDS:
                raise
            log.warning("the database is unavailable (%s); retrying in %.1f s", str(error).strip(), pause)
            threading.Event().wait(pause * random.uniform(0.5, 1.0))  # no event announces its return
            pause = min(2 * pause, LONGEST_PAUSE)
