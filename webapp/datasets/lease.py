"""Keeps the lease of a data set while it is worked on: where the process or its database is gone, it runs out."""

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
def kept(held: Dataset) -> Iterator[None]:
    """Renew it beside the work, by a database connection of its own, until the work ends."""
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
            return  # the work hears of it with its own next word
        except Exception as error:  # the database may come back before the lease runs out
            log.warning("lease of data set %s not renewed: %s: %s", held.id, type(error).__name__, error)
        finally:
            connection.close()
