"""Sends the message that wakes a worker. It may be lost or doubled: the row it is about is the truth."""

from __future__ import annotations

from uuid import UUID

from celery import current_app
from django.db import transaction

from webapp.broker.best_effort import Hints
from webapp.broker.client import queue_length

HINTS = Hints("wake-up")
ANSWER_SECONDS = 1.0


def wake_after_commit(task: str, subject: UUID) -> None:
    """Ask any worker, once the transaction is committed, to look at the row."""
    transaction.on_commit(lambda: _send(task, subject))


def wake_unheard(task: str, subject: UUID, queue: str) -> None:
    """Where no wake-up is in the broker; one is enough for all that waits, and a busy worker takes none out."""
    if not queue_length(queue):
        wake_after_commit(task, subject)


def _send(task: str, subject: UUID) -> None:
    """Where the broker is away or hangs, a worker's reaper finds the row later."""
    HINTS.send(lambda: _publish(task, subject))


def _publish(task: str, subject: UUID) -> None:
    """By a connection of its own: those of Celery's pool wait for an answer for ever."""
    with current_app.connection_for_write(transport_options={"socket_timeout": ANSWER_SECONDS}) as connection:
        current_app.send_task(task, args=[str(subject)], retry=False, connection=connection)
