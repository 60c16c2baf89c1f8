"""What the data worker's main process does besides: look for built-in sets, free what died, tidy up. No torch."""

from __future__ import annotations

import logging
import threading
from typing import Any

from celery.signals import worker_ready, worker_shutting_down
from django.conf import settings
from django.db import DatabaseError, connection

from engine.config.catalog import CATALOG
from engine.data.files.recognition import usual
from engine.errors import DataError
from webapp.broker.wake import wake_unheard
from webapp.datasets import garbage, services
from webapp.datasets.models import Dataset, Source, State, Task
from webapp.workers.periodic import GARBAGE_EVERY, Seldom, keep_house
from webapp.workers.process import is_dead_here, this_process

log = logging.getLogger(__name__)
QUEUE = "datasets"
leaving = threading.Event()
"""Set when the worker was told to end: no further data set is begun."""


@worker_ready.connect
def start(sender: Any, **_: Any) -> None:
    """Only in the worker that serves the queue of data sets."""
    if QUEUE in sender.app.amqp.queues.consume_from:
        threading.Thread(target=_keep_house, name="data sets", daemon=True).start()


@worker_shutting_down.connect
def stop(**_: Any) -> None:
    leaving.set()


def _keep_house() -> None:
    look, orphans = True, Seldom(GARBAGE_EVERY, at_once=True)

    def turn() -> None:
        nonlocal look
        if look:
            services.ensure_builtin()
            look_for_builtin()
            look = False
        reap()
        if orphans.due():
            garbage.remove_gone()

    keep_house(turn, leaving, "data sets", log)
    spare_the_one_at_work()


def spare_the_one_at_work() -> None:
    """A check that is cut off because its worker leaves, which takes no longer than LEAVE_SECONDS, has not failed."""
    try:
        services.excuse(this_process())
    except DatabaseError as error:
        log.warning("the check at work counts as begun: the database is away (%s)", str(error).strip())
    finally:
        connection.close()


def look_for_builtin() -> None:
    """Have every built-in data set checked whose files are there and were not seen, or given up, so far."""
    built_in = Dataset.objects.filter(source=Source.BUILTIN, attempts__lt=settings.MAX_CHECK_ATTEMPTS)
    for absent in built_in.filter(state=State.ABSENT):
        try:
            if absent.dataset != "digits":  # a package's file, always there
                usual(CATALOG[absent.dataset].name, settings.DATA_ROOT)
        except DataError:
            continue
        services.ask(absent.id, Task.CHECK)


def reap() -> None:
    """Put back what a dead process held, or one unheard of; forget uploads nobody goes on with; wake for what waits."""
    for dataset_id, holder in Dataset.objects.filter(state=State.WORKING).values_list("id", "holder"):
        if is_dead_here(holder):
            log.warning("data set %s: its worker process %s is gone; put back", dataset_id, holder)
            services.put_back(dataset_id, holder)
    services.put_back_expired()
    services.forget_stale()
    for longest in services.waiting()[:1]:
        wake_unheard(services.WORK, longest, QUEUE)
