"""Every write of an inspection. Each transition is one conditional UPDATE on the old state."""

from __future__ import annotations

import base64
import logging
from collections.abc import Mapping
from dataclasses import asdict
from functools import partial
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Case, F, QuerySet, When
from django.db.models.functions import Now
from django.utils import timezone

from engine.inspection.request import Request
from webapp.broker.wake import wake_after_commit
from webapp.clock import seconds_from_now
from webapp.http.text import storable
from webapp.inspections import files
from webapp.inspections.admission import Refused, admit
from webapp.inspections.models import Inspection, State
from webapp.studies.models import Candidate, Study

log = logging.getLogger(__name__)
WORK = "webapp.inspections.work"
GAVE_UP = "its process died {attempts} times; it may need more memory than this server has"


def ask(study: Study, owner: User, asked: Mapping[str, object]) -> tuple[Inspection, bool]:
    """The inspection of a request, and whether it is new. Equal requests share one row; a failed one is retried.

    An architecture that the search has evaluated is answered at once with the search's numbers. Raises Refused.
    """
    request = admit(study, asked)
    key = asdict(request)
    if found := Inspection.objects.filter(study=study, **key).first():
        return _retried(found), False
    if known := _known_result(study, request):
        done = {"owner": owner, "state": State.DONE, "result": known, "finished": timezone.now()}
        return Inspection.objects.get_or_create(study=study, **key, defaults=done)
    if Inspection.objects.filter(study=study, state=State.WAITING).count() >= settings.MAX_WAITING_INSPECTIONS:
        raise Refused("", f"at most {settings.MAX_WAITING_INSPECTIONS} inspections of a study may wait at a time")
    with transaction.atomic():
        made, new = Inspection.objects.get_or_create(study=study, **key, defaults={"owner": owner})
        if new:
            wake_after_commit(WORK, made.id)
    return made, new


def _retried(found: Inspection) -> Inspection:
    """Queue a failed inspection again; any other stays as it is."""
    failed = Inspection.objects.filter(id=found.id, state=State.FAILED)
    if failed.update(state=State.WAITING, reason="", attempts=0, asked=Now(), finished=None):
        wake_after_commit(WORK, found.id)
        return Inspection.objects.get(id=found.id)
    return found


def _known_result(study: Study, request: Request) -> dict[str, Any] | None:
    """The search's first evaluation of this architecture, in the form of an inspection's result."""
    if request.kind != "evaluation" or request.weights != "supernet":
        return None
    found = Candidate.objects.filter(study=study, architecture=request.architecture).order_by("number").first()
    if found is None:
        return None
    numbers = ("architecture", "accuracy", "spikes", "firing_rate", "fitness", "parameters")
    return {
        **{name: getattr(found, name) for name in numbers},
        "kind": request.kind,
        "split": request.split,
        "weights": request.weights,
        "candidate": found.number,
        "spike_map": base64.b64encode(bytes(found.spike_map)).decode(),
    }


# --- the worker


def next_waiting(study_id: UUID | None) -> UUID | None:
    """The longest waiting inspection, those of the open study first."""
    ids = _waiting().values_list("id", flat=True)
    return (ids.filter(study_id=study_id).first() if study_id else None) or ids.first()


def claim(inspection_id: UUID, holder: str) -> Inspection | None:
    """Claim a waiting inspection. None where another worker has claimed it."""
    until = seconds_from_now(settings.INSPECTION_SECONDS + settings.LEASE_SECONDS)
    waiting = Inspection.objects.filter(id=inspection_id, state=State.WAITING)
    if not waiting.update(state=State.RUNNING, holder=holder, expires=until, attempts=F("attempts") + 1):
        return None
    return Inspection.objects.get(id=inspection_id)


def finish(held: Inspection, result: dict[str, Any]) -> None:
    """Store the answer, and delete the study's oldest inspections beyond their bounds."""
    size = files.size_of(held.study_id, held.id)
    with transaction.atomic():
        if _held(held).update(
            state=State.DONE, result=result, size=size, holder="", expires=None, reason="", finished=Now()
        ):
            _evict_oldest(held)


def fail(held: Inspection, reason: str) -> None:
    """Store the failure and delete the tensors. Without the lease, do nothing: the tensors may be another's answer."""
    if _held(held).update(state=State.FAILED, reason=storable(reason), holder="", expires=None, finished=Now()):
        files.delete(held.study_id, held.id)
        log.warning("%s %s failed: %s", held.kind, held.id, reason)


def requeue(held: Inspection) -> None:
    """Queue an inspection again whose process died or leaves; fail it after MAX_INSPECTION_ATTEMPTS."""
    if held.attempts >= settings.MAX_INSPECTION_ATTEMPTS:
        fail(held, GAVE_UP.format(attempts=held.attempts))
        return
    _held(held).update(state=State.WAITING, holder="", expires=None)
    log.warning("%s %s: its process %s is gone; queued again", held.kind, held.id, held.holder)


def _waiting() -> QuerySet[Inspection]:
    return Inspection.objects.filter(state=State.WAITING).order_by("asked")


def running() -> list[tuple[Inspection, bool]]:
    """The running inspections, each with whether its lease has expired."""
    held = Inspection.objects.filter(state=State.RUNNING).annotate(
        late=Case(When(expires__lt=Now(), then=True), default=False)
    )
    return [(one, one.late) for one in held]


def _held(held: Inspection) -> QuerySet[Inspection]:
    return Inspection.objects.filter(id=held.id, state=State.RUNNING, holder=held.holder, attempts=held.attempts)


def _evict_oldest(newest: Inspection) -> None:
    """Delete the oldest answers beyond KEPT_INSPECTIONS and beyond INSPECTION_BYTES of tensors."""
    older = Inspection.objects.filter(study_id=newest.study_id, state=State.DONE).exclude(id=newest.id)
    by_age = older.order_by("-finished")
    gone = set(by_age.values_list("id", flat=True)[settings.KEPT_INSPECTIONS - 1 :])
    free = settings.INSPECTION_BYTES - files.size_of(newest.study_id, newest.id)
    for inspection_id, size in by_age.filter(size__gt=0).values_list("id", "size"):
        free -= size
        if free < 0:
            gone.add(inspection_id)
    Inspection.objects.filter(id__in=gone).delete()
    for inspection_id in gone:
        transaction.on_commit(partial(files.delete, newest.study_id, inspection_id))
