"""Repeats a write while the database is away, for as long as a lease can last without being renewed."""

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


def patiently(write: Callable[[], Answer]) -> Answer:
    """Do a write that may be said twice, again and again where the connection breaks. Raises what the last one did.

    Where the database's disk is full, at once: that takes longer than a lease lasts.
    """
    began, pause = time.monotonic(), FIRST_PAUSE
    while True:
        try:
            return write()
        except (OperationalError, InterfaceError) as error:
            connection.close()
            if is_full(error) or time.monotonic() - began + pause > settings.GIVE_UP_SECONDS:
                raise
            log.warning("the database is away (%s); trying again in %.1f s", str(error).strip(), pause)
            threading.Event().wait(pause * random.uniform(0.5, 1.0))  # nothing announces its return
            pause = min(2 * pause, LONGEST_PAUSE)
