"""Sends the message that wakes a worker. It may be lost or doubled: the study's row is the truth."""

from __future__ import annotations

import logging
from uuid import UUID

from celery import current_app
from django.db import transaction

log = logging.getLogger(__name__)
ADVANCE = "webapp.studies.advance"


def wake(study_id: UUID) -> None:
    """Ask any worker, once the transaction is committed, to advance the study."""
    transaction.on_commit(lambda: _send(study_id))


def _send(study_id: UUID) -> None:
    try:
        current_app.send_task(ADVANCE, args=[str(study_id)], retry=False)
    except Exception as error:  # the broker is away; the reaper wakes the study later
        log.warning("wake-up of study %s not sent: %s: %s", study_id, type(error).__name__, error)
