"""The lease of a study: a worker claims it, renews it, and releases it at the end of its turn."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.db.models.functions import Coalesce, Greatest, Now

from webapp.clock import lease_end
from webapp.studies.models import Reason, State, Study
from webapp.studies.services import scheduling
from webapp.studies.services.transitions import (
    FINISHED,
    RELEASED,
    Lease,
    held,
    last_state_is_running,
    move,
    require_lease,
    state_event,
    store,
)
from webapp.studies.services.wake import wake

POISON = "gave up after {n} attempts without progress; see the log, then retry"


def claim(study_id: UUID, holder: str) -> Lease | None:
    """Claim a study that is queued, or running without a living holder. None where another worker holds it.

    A queued study also waits while its owner has RUNNING_QUOTA studies running.
    """
    with transaction.atomic():
        free = Study.objects.claimable().filter(id=study_id)
        if scheduling.over_quota(study_id):
            free = free.exclude(state=State.QUEUED)
        taken = free.update(
            state=State.RUNNING,
            holder=holder,
            last_holder=holder,
            expires=lease_end(),
            not_before=None,
            fence=F("fence") + 1,
            attempts_since_progress=F("attempts_since_progress") + 1,
            started=Coalesce(F("started"), Now()),
        )
        if not taken:
            return None
        study = Study.objects.only("fence", "attempts_since_progress", "reason", "reason_code").get(id=study_id)
        lease = Lease(study_id, study.fence)
        if study.attempts_since_progress > settings.MAX_ATTEMPTS_WITHOUT_PROGRESS:
            _give_up(study, lease)
            return None
        if not last_state_is_running(study_id):
            store(study_id, [state_event(State.RUNNING)])
        return lease


def _give_up(study: Study, lease: Lease) -> None:
    """Fail a study after MAX_ATTEMPTS_WITHOUT_PROGRESS attempts, with the reason of the last one."""
    reason = POISON.format(n=settings.MAX_ATTEMPTS_WITHOUT_PROGRESS)
    if study.reason_code:
        reason = f"{reason}. The last attempt: {study.reason}"
    move(held(lease), State.FAILED, study.id, reason, study.reason_code or Reason.POISON, **RELEASED, **FINISHED)


def renew_lease(lease: Lease, progress: float | None = None, seconds_left: float | None = None) -> tuple[str, str]:
    """Renew the lease. Returns the user's (request, ending). Raises LeaseLost."""
    fields: dict[str, Any] = {"expires": lease_end()}
    if progress is not None:
        fields |= {"progress": progress, "seconds_left": seconds_left}
    require_lease(held(lease).update(**fields))
    return request_of(lease)


def request_of(lease: Lease) -> tuple[str, str]:
    """The user's (request, ending)."""
    request, ending = Study.objects.values_list("request", "ending").get(id=lease.study_id)
    return request, ending


def end_turn(lease: Lease, seconds: float = 0.0) -> None:
    """End a turn of `seconds`. The study stays running and can be claimed again. Not a failed attempt."""
    with transaction.atomic():
        if not lock_turn(lease):
            return
        held(lease).update(
            holder="",
            expires=Now(),
            attempts_since_progress=Greatest(F("attempts_since_progress") - 1, 0),
            turns=F("turns") + seconds / scheduling.weight(lease.study_id),
        )
        wake(lease.study_id)


def lock_turn(lease: Lease) -> bool:
    """Lock the study's row. False where the turn has ended already, by the same write retried. Raises LeaseLost."""
    if held(lease).exclude(holder="").update(expires=lease_end()):
        return True
    require_lease(held(lease).exists())
    return False


def end_turn_on_full_disk(lease: Lease) -> None:
    """End the turn where the full database cannot even store the event of a pause. Claimable again after a lease."""
    with transaction.atomic():
        end_turn(lease)
        held(lease).update(not_before=lease_end(), reason_code=Reason.OUT_OF_DISK)


def give_up_stalled(lease: Lease, reason: str) -> None:
    """Free a study whose engine has stalled. It counts as an attempt without progress."""
    with transaction.atomic():
        fields: dict[str, Any] = {"holder": "", "expires": Now(), "fence": F("fence") + 1}
        require_lease(held(lease).update(reason=reason, reason_code=Reason.STALLED, **fields))
        store(lease.study_id, [state_event(State.RUNNING, reason)])
        wake(lease.study_id)
