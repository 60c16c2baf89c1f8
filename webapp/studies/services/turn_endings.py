"""How a turn ends that did not bring the study further: as the user asked, failed, out of room, or a step back."""

from __future__ import annotations

from django.conf import settings
from django.db import transaction

from webapp.clock import seconds_from_now
from webapp.studies.models import Reason, Request, State
from webapp.studies.services.checkpoints import drop_newest
from webapp.studies.services.leases import give_turn, still_has_turn
from webapp.studies.services.transitions import FINISHED, RELEASED, Lease, held, move, require_lease


def obey(lease: Lease, request: str) -> None:
    """Leave the study as the user asked; where that was taken back meanwhile, only end the turn."""
    with transaction.atomic():
        rows = held(lease).filter(request=request)
        if request == Request.CANCEL:
            done = move(rows, State.CANCELLED, lease.study_id, **RELEASED, **FINISHED)
        else:
            done = move(rows, State.PAUSED, lease.study_id, **{"attempts_since_progress": 0, **RELEASED})
        if not done:
            give_turn(lease)


def fail(lease: Lease, reason: str, code: str = Reason.UNEXPECTED) -> None:
    with transaction.atomic():
        require_lease(move(held(lease), State.FAILED, lease.study_id, reason, code, **RELEASED, **FINISHED))


def fall_back(lease: Lease, reason: str, code: str) -> None:
    """Forget the newest checkpoint, which cannot be used, and end the turn; fail where there is none."""
    with transaction.atomic():
        if not still_has_turn(lease):
            return
        if drop_newest(lease, reason):
            give_turn(lease)
        else:
            fail(lease, reason, code)


def wait_for_disk(lease: Lease, reason: str) -> None:
    """Pause a study for want of room; `resume_where_room` lets it go on by itself."""
    with transaction.atomic():
        waiting = {"not_before": seconds_from_now(settings.DISK_RETRY_SECONDS), "attempts_since_progress": 0}
        out = Reason.OUT_OF_DISK
        require_lease(move(held(lease), State.PAUSED, lease.study_id, reason, out, **waiting, **RELEASED))
