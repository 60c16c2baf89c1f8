"""The main process of the worker of exports: queues lost exports again and repeats lost wake-ups."""

from __future__ import annotations

import logging
import threading
from typing import Any

from celery.signals import worker_ready, worker_shutting_down
from django.conf import settings

from webapp.broker.wake import wake_if_none_queued
from webapp.exports import services
from webapp.workers.periodic import run_periodically
from webapp.workers.process import is_dead_here

log = logging.getLogger(__name__)
leaving = threading.Event()
"""Set at shutdown: no further export is started."""


@worker_ready.connect
def start(sender: Any, **_: Any) -> None:
    """Only in the worker that serves the queue exports are sent to."""
    if settings.INSPECTION_QUEUE in sender.app.amqp.queues.consume_from:
        threading.Thread(target=_run_jobs, name="exports", daemon=True).start()


@worker_shutting_down.connect
def stop(**_: Any) -> None:
    leaving.set()


def _run_jobs() -> None:
    run_periodically(reap, leaving, "exports", log)


def reap() -> None:
    """Queue exports of dead or late processes again; send one wake-up where any waits."""
    for held, late in services.running():
        if late or is_dead_here(held.holder):
            services.requeue(held)
    if (waiting := services.next_waiting()) is not None:
        wake_if_none_queued(services.WORK, waiting, settings.INSPECTION_QUEUE)
