"""Sends the message that wakes a worker. It may be lost or doubled: the database row decides what is done."""

from __future__ import annotations

from uuid import UUID

from celery import current_app
from django.db import transaction

from webapp.broker.best_effort import CircuitBreaker
from webapp.broker.client import queue_length

BREAKER = CircuitBreaker("wake-up")
ANSWER_SECONDS = 1.0


def wake_after_commit(task: str, subject: UUID) -> None:
    """After the commit, tell a worker to check the row."""
    transaction.on_commit(lambda: _send(task, subject))


def wake_if_none_queued(task: str, subject: UUID, queue: str) -> None:
    """Send a wake-up where the queue is empty. One is enough for all waiting rows, and a busy worker takes none out."""
    if not queue_length(queue):
        wake_after_commit(task, subject)


def _send(task: str, subject: UUID) -> None:
    """Without the broker, a worker's reaper finds the row later."""
    BREAKER.call(lambda: _publish(task, subject))


def _publish(task: str, subject: UUID) -> None:
    """Publish over a separate connection: those of Celery's pool have no timeout."""
    with current_app.connection_for_write(transport_options={"socket_timeout": ANSWER_SECONDS}) as connection:
        current_app.send_task(task, args=[str(subject)], retry=False, connection=connection)
