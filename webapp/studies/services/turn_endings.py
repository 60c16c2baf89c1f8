"""Endings of a turn other than its time being over: a user's request, a failure, a full disk, a damaged checkpoint."""

from __future__ import annotations

from django.conf import settings
from django.db import transaction

from webapp.clock import seconds_from_now
from webapp.studies.models import Reason, Request, State
from webapp.studies.services.checkpoints import drop_newest_checkpoint
from webapp.studies.services.leases import end_turn, lock_turn
from webapp.studies.services.transitions import FINISHED, RELEASED, Lease, held, move, require_lease


def apply_request(lease: Lease, request: str) -> None:
    """Pause or cancel the study as requested. Where the request was withdrawn meanwhile, only end the turn."""
    with transaction.atomic():
        rows = held(lease).filter(request=request)
        if request == Request.CANCEL:
            done = move(rows, State.CANCELLED, lease.study_id, **RELEASED, **FINISHED)
        else:
            done = move(rows, State.PAUSED, lease.study_id, **{"attempts_since_progress": 0, **RELEASED})
        if not done:
            end_turn(lease)


def fail(lease: Lease, reason: str, code: str = Reason.UNEXPECTED) -> None:
    with transaction.atomic():
        require_lease(move(held(lease), State.FAILED, lease.study_id, reason, code, **RELEASED, **FINISHED))


def drop_damaged_checkpoint(lease: Lease, reason: str, code: str) -> None:
    """Drop the newest, unusable checkpoint and end the turn. Fail the study where there is none."""
    with transaction.atomic():
        if not lock_turn(lease):
            return
        if drop_newest_checkpoint(lease, reason):
            end_turn(lease)
        else:
            fail(lease, reason, code)


def wait_for_disk(lease: Lease, reason: str) -> None:
    """Pause a study on a full disk; `resume_after_disk_full` queues it again."""
    with transaction.atomic():
        waiting = {"not_before": seconds_from_now(settings.DISK_RETRY_SECONDS), "attempts_since_progress": 0}
        out = Reason.OUT_OF_DISK
        require_lease(move(held(lease), State.PAUSED, lease.study_id, reason, out, **waiting, **RELEASED))
