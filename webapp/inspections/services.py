"""Every write of an inspection. Each transition is one conditional UPDATE on the old state; no row means: lost."""

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
GAVE_UP = "the process that worked on it ended {attempts} times; it may need more memory than this server has"


def ask(study: Study, owner: User, asked: Mapping[str, object]) -> tuple[Inspection, bool]:
    """The row of a question, and whether it is new. The same question is answered once; a failed one is tried again.

    What the search has judged already is answered at once, with the search's own numbers. Raises Refused.
    """
    request = admit(study, asked)
    key = asdict(request)
    if found := Inspection.objects.filter(study=study, **key).first():
        return _again(found), False
    if judged := _judged(study, request):
        done = {"owner": owner, "state": State.DONE, "result": judged, "finished": timezone.now()}
        return Inspection.objects.get_or_create(study=study, **key, defaults=done)
    if Inspection.objects.filter(study=study, state=State.WAITING).count() >= settings.MAX_WAITING_INSPECTIONS:
        raise Refused("", f"at most {settings.MAX_WAITING_INSPECTIONS} questions about a study may wait at a time")
    with transaction.atomic():
        made, new = Inspection.objects.get_or_create(study=study, **key, defaults={"owner": owner})
        if new:
            wake_after_commit(WORK, made.id)
    return made, new


def _again(found: Inspection) -> Inspection:
    """A failed one waits once more; any other is as it is."""
    failed = Inspection.objects.filter(id=found.id, state=State.FAILED)
    if failed.update(state=State.WAITING, reason="", attempts=0, asked=Now(), finished=None):
        wake_after_commit(WORK, found.id)
        return Inspection.objects.get(id=found.id)
    return found


def _judged(study: Study, request: Request) -> dict[str, Any] | None:
    """The first judgement of the search on this architecture, in the form of an evaluation's result."""
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
    """The longest waiting one, those of an open study first."""
    ids = _waiting().values_list("id", flat=True)
    return (ids.filter(study_id=study_id).first() if study_id else None) or ids.first()


def claim(inspection_id: UUID, holder: str) -> Inspection | None:
    """Take a waiting one. None where another was faster."""
    until = seconds_from_now(settings.INSPECTION_SECONDS + settings.LEASE_SECONDS)
    waiting = Inspection.objects.filter(id=inspection_id, state=State.WAITING)
    if not waiting.update(state=State.RUNNING, holder=holder, expires=until, attempts=F("attempts") + 1):
        return None
    return Inspection.objects.get(id=inspection_id)


def finish(held: Inspection, result: dict[str, Any]) -> None:
    """Store the answer; what is oldest goes where the study's inspections have grown beyond their bounds."""
    size = files.size_of(held.study_id, held.id)
    with transaction.atomic():
        if _held(held).update(
            state=State.DONE, result=result, size=size, holder="", expires=None, reason="", finished=Now()
        ):
            _make_room(held)


def fail(held: Inspection, reason: str) -> None:
    """Whoever has lost it leaves its tensors alone: they may be another's answer."""
    if _held(held).update(state=State.FAILED, reason=storable(reason), holder="", expires=None, finished=Now()):
        files.forget(held.study_id, held.id)
        log.warning("%s %s failed: %s", held.kind, held.id, reason)


def put_back(held: Inspection) -> None:
    """Its process died or leaves: another takes it, unless it has cost several processes their lives already."""
    if held.attempts >= settings.MAX_INSPECTION_ATTEMPTS:
        fail(held, GAVE_UP.format(attempts=held.attempts))
        return
    _held(held).update(state=State.WAITING, holder="", expires=None)
    log.warning("%s %s: its process %s is gone; put back", held.kind, held.id, held.holder)


def _waiting() -> QuerySet[Inspection]:
    return Inspection.objects.filter(state=State.WAITING).order_by("asked")


def running() -> list[tuple[Inspection, bool]]:
    """Those in work, each with whether its time is over."""
    held = Inspection.objects.filter(state=State.RUNNING).annotate(
        late=Case(When(expires__lt=Now(), then=True), default=False)
    )
    return [(one, one.late) for one in held]


def _held(held: Inspection) -> QuerySet[Inspection]:
    return Inspection.objects.filter(id=held.id, state=State.RUNNING, holder=held.holder, attempts=held.attempts)


def _make_room(newest: Inspection) -> None:
    """Forget the oldest answers beyond what a study may keep: so many in number, so many bytes of tensors."""
    older = Inspection.objects.filter(study_id=newest.study_id, state=State.DONE).exclude(id=newest.id)
    by_age = older.order_by("-finished")
    gone = set(by_age.values_list("id", flat=True)[settings.KEPT_INSPECTIONS - 1 :])
    room = settings.INSPECTION_BYTES - files.size_of(newest.study_id, newest.id)
    for inspection_id, size in by_age.filter(size__gt=0).values_list("id", "size"):
        room -= size
        if room < 0:
            gone.add(inspection_id)
    Inspection.objects.filter(id__in=gone).delete()
    for inspection_id in gone:
        transaction.on_commit(partial(files.forget, newest.study_id, inspection_id))
