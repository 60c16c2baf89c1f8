"""The reaper's changes of a study: dead holders, overdue requests, pauses on a full disk."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q
from django.db.models.functions import Now

from webapp.clock import seconds_from_now
from webapp.studies.models import Reason, Request, State, Study
from webapp.studies.services.transitions import FINISHED, RELEASED, Lease, held, inside, move
from webapp.studies.services.wake import wake


def expire_holder(study_id: UUID, fence: int) -> bool:
    """Free a study whose holder is known to be dead, before its lease expires."""
    return bool(held(Lease(study_id, fence)).update(holder="", expires=Now()))


def fail_dead(study_id: UUID, fence: int, reason: str, code: str) -> bool:
    """Fail a study whose holder died of a cause that a retry would repeat."""
    with transaction.atomic():
        rows = held(Lease(study_id, fence))
        return move(rows, State.FAILED, study_id, reason, code, fence=F("fence") + 1, **RELEASED, **FINISHED)


def apply_overdue_requests() -> None:
    """Apply requests whose worker is gone or has not applied them in FORCE_SECONDS, and fence that worker out."""
    overdue = Q(expires__lte=Now()) | Q(requested__lte=seconds_from_now(-settings.FORCE_SECONDS))
    asked = Study.objects.filter(overdue, state=State.RUNNING).exclude(request=Request.NONE)
    for study_id, request, fence in list(asked.values_list("id", "request", "fence")):
        with transaction.atomic():
            rows = asked.filter(id=study_id, request=request, fence=fence)
            if request == Request.CANCEL:
                move(rows, State.CANCELLED, study_id, fence=F("fence") + 1, **RELEASED, **FINISHED)
            else:
                settled = {"fence": F("fence") + 1, "attempts_since_progress": 0, **RELEASED}
                move(rows, State.PAUSED, study_id, **settled)


def resume_after_disk_full(study_id: UUID) -> bool:
    """Queue a study that was paused on a full disk, once its waiting time is over."""
    with transaction.atomic():
        rows = inside(study_id, State.PAUSED).filter(reason_code=Reason.OUT_OF_DISK, not_before__lte=Now())
        if not move(rows, State.QUEUED, study_id, "the disk has space again", not_before=None):
            return False
        wake(study_id)
        return True
