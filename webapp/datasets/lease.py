"""Renews the lease of a data set during its check. Without the process or the database, the lease expires."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.db import connection

from webapp.datasets import services
from webapp.datasets.models import Dataset

log = logging.getLogger(__name__)


@contextmanager
def renewing(held: Dataset) -> Iterator[None]:
    """Renew the lease in a thread with its own database connection until the work ends."""
    over = threading.Event()
    thread = threading.Thread(target=_renew, args=(held, over), name=f"lease of {held.id}", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def _renew(held: Dataset, over: threading.Event) -> None:
    while not over.wait(settings.LEASE_SECONDS / 4):
        try:
            services.renew(held.id, held.holder)
        except services.LeaseLost:
            return  # the work's next write raises the same
        except Exception as error:  # the database may come back before the lease expires
            log.warning("lease of data set %s not renewed: %s: %s", held.id, type(error).__name__, error)
        finally:
            connection.close()
