"""The parts of every transition: leases, conditional updates, and numbered events in the same transaction."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import F, Q, QuerySet
from django.db.models.functions import Now
from django.utils import timezone

from webapp.http.errors import InvalidTransition
from webapp.http.text import storable
from webapp.studies.models import Event, Reason, Request, State, Study
from webapp.studies.services import announce

log = logging.getLogger(__name__)


class LeaseLost(Exception):
    """This worker no longer holds the study's lease, and must stop without writing."""


@dataclass(frozen=True)
class Lease:
    """The right to commit to a study until it expires or a newer fence is issued."""

    study_id: UUID
    fence: int


RELEASED: dict[str, Any] = {"holder": "", "expires": None, "request": Request.NONE, "requested": None}
FINISHED: dict[str, Any] = {"finished": Now(), "not_before": None}


def inside(study_id: UUID, *states: State) -> QuerySet[Study]:
    """The study, where it is in one of these states and not in the bin."""
    return Study.objects.filter(id=study_id, state__in=states, deleted=None)


def idle(study_id: UUID, *states: State) -> QuerySet[Study]:
    """The study, in one of these states, where no living worker holds it."""
    return inside(study_id, *states).filter(Q(expires=None) | Q(expires__lte=Now()))


def held(lease: Lease) -> QuerySet[Study]:
    return Study.objects.filter(id=lease.study_id, state=State.RUNNING, fence=lease.fence)


def move(
    rows: QuerySet[Study], state: State, study_id: UUID, reason: str = "", code: str = Reason.NONE, **fields: Any
) -> bool:
    """Change the state of the rows that are still as expected, and store an event. False where none is."""
    reason = storable(reason)[:2000]
    if not rows.update(state=state, reason=reason, reason_code=code, **fields):
        return False
    store(study_id, [state_event(state, reason)])
    log.info("study %s: %s%s", study_id, state, f" ({reason})" if reason else "")
    return True


def require(done: int | bool, problem: str) -> None:
    if not done:
        raise InvalidTransition(problem)


def require_lease(done: int | bool) -> None:
    if not done:
        raise LeaseLost


def state_event(state: str, reason: str = "") -> dict[str, Any]:
    return {"kind": "state_changed", "state": str(state), "reason": storable(reason)}


def last_state_is_running(study_id: UUID) -> bool:
    last = Event.objects.filter(study_id=study_id, kind="state_changed").order_by("-seq").first()
    return last is not None and last.payload["state"] == State.RUNNING


def store(study_id: UUID, events: list[dict[str, Any]]) -> None:
    """Number and store events. The caller's transaction has already updated, hence locked, the study's row."""
    if not events:
        return
    Study.objects.filter(id=study_id).update(last_seq=F("last_seq") + len(events))
    last = Study.objects.values_list("last_seq", flat=True).get(id=study_id)
    now = timezone.now()
    first = last - len(events) + 1
    Event.objects.bulk_create(
        Event(study_id=study_id, seq=seq, kind=event["kind"], payload=event, time=now)
        for seq, event in enumerate(events, first)
    )
    announce.nudge(study_id, last)


def engine_events(study_id: UUID) -> int:
    """The number of stored events that come from the engine."""
    return Event.objects.filter(study_id=study_id).exclude(kind="state_changed").count()
