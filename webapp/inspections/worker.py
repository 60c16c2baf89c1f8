"""What the worker's main process does besides: take back what died, and wake for what waits unheard. No torch."""

from __future__ import annotations

import logging
import threading
from typing import Any

from celery.signals import worker_ready, worker_shutting_down
from django.conf import settings

from webapp.broker.wake import wake_unheard
from webapp.inspections import services
from webapp.workers.periodic import keep_house
from webapp.workers.process import is_dead_here

log = logging.getLogger(__name__)
leaving = threading.Event()
"""Set when the worker was told to end: no further question is begun."""


@worker_ready.connect
def start(sender: Any, **_: Any) -> None:
    """Only in the worker that serves the queue inspections are sent to."""
    if settings.INSPECTION_QUEUE in sender.app.amqp.queues.consume_from:
        threading.Thread(target=_keep_house, name="inspections", daemon=True).start()


@worker_shutting_down.connect
def stop(**_: Any) -> None:
    leaving.set()


def _keep_house() -> None:
    keep_house(reap, leaving, "inspections", log)


def reap() -> None:
    """Put back what a dead process held or what took too long; wake once where anything waits."""
    for held, late in services.running():
        if late or is_dead_here(held.holder):
            services.put_back(held)
    if (waiting := services.next_waiting(None)) is not None:
        wake_unheard(services.WORK, waiting, settings.INSPECTION_QUEUE)
