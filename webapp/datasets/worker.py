"""The main process of the data worker: finds built-in data sets, queues lost checks again, deletes orphans."""

from __future__ import annotations

import logging
import threading
from typing import Any

from celery.signals import worker_ready, worker_shutting_down
from django.conf import settings
from django.db import DatabaseError, connection

from engine.config.catalog import CATALOG
from engine.data.readers.own_dataset import is_own
from engine.data.readers.recognition import usual
from engine.errors import DataError
from webapp.broker.wake import wake_if_none_queued
from webapp.datasets import garbage, services
from webapp.datasets.models import Dataset, Source, State, Task
from webapp.workers.periodic import GARBAGE_EVERY, Interval, run_periodically
from webapp.workers.process import is_dead_here, this_process

log = logging.getLogger(__name__)
QUEUE = "datasets"
leaving = threading.Event()
"""Set at shutdown: no further data set is started."""


@worker_ready.connect
def start(sender: Any, **_: Any) -> None:
    """Only in the worker that serves the queue of data sets."""
    if QUEUE in sender.app.amqp.queues.consume_from:
        threading.Thread(target=_run_jobs, name="data sets", daemon=True).start()


@worker_shutting_down.connect
def stop(**_: Any) -> None:
    leaving.set()


def _run_jobs() -> None:
    look, orphans = True, Interval(GARBAGE_EVERY, at_once=True)

    def turn() -> None:
        nonlocal look
        if look:
            services.ensure_builtin()
            look_for_builtin()
            look = False
        reap()
        if orphans.due():
            garbage.remove_orphan_folders()

    run_periodically(turn, leaving, "data sets", log)
    discount_current_attempt()


def discount_current_attempt() -> None:
    """A check that is ended by the worker's shutdown has not failed."""
    try:
        services.discount_attempt(this_process())
    except DatabaseError as error:
        log.warning("the current check counts as an attempt: the database is unavailable (%s)", str(error).strip())
    finally:
        connection.close()


def look_for_builtin() -> None:
    """Queue the check of every built-in data set whose files are new and were not given up."""
    built_in = Dataset.objects.filter(source=Source.BUILTIN, attempts__lt=settings.MAX_CHECK_ATTEMPTS)
    for absent in built_in.filter(state=State.ABSENT):
        try:
            if absent.dataset != "digits" and not is_own(absent.dataset):  # a package's file, and what a function loads
                usual(CATALOG[absent.dataset].name, settings.DATA_ROOT)
        except (DataError, KeyError):  # not there, or of a part that is not registered any more
            continue
        services.ask(absent.id, Task.CHECK)


def reap() -> None:
    """Queue checks of dead or silent workers again, delete stale uploads, and repeat a lost wake-up."""
    for dataset_id, holder in Dataset.objects.filter(state=State.WORKING).values_list("id", "holder"):
        if is_dead_here(holder):
            log.warning("data set %s: its worker process %s is gone; queued again", dataset_id, holder)
            services.requeue(dataset_id, holder)
    services.requeue_expired()
    services.delete_stale_uploads()
    for longest in services.waiting()[:1]:
        wake_if_none_queued(services.WORK, longest, QUEUE)
