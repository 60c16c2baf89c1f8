"""Sends the message that wakes a worker. It may be lost or doubled: the row it is about is the truth."""

from __future__ import annotations

import logging
from uuid import UUID

from celery import current_app
from django.db import transaction

log = logging.getLogger(__name__)


def wake_after_commit(task: str, subject: UUID) -> None:
    """Ask any worker, once the transaction is committed, to look at the row."""
    transaction.on_commit(lambda: _send(task, subject))


def _send(task: str, subject: UUID) -> None:
    try:
        current_app.send_task(task, args=[str(subject)], retry=False)
    except Exception as error:  # the broker is away; a worker's reaper finds the row later
        log.warning("wake-up %s of %s not sent: %s: %s", task, subject, type(error).__name__, error)
