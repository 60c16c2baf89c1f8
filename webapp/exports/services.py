"""Every write of an export. Each transition is one conditional UPDATE on the old state."""

from __future__ import annotations

import logging
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Case, F, QuerySet, When
from django.db.models.functions import Now

from webapp.broker.wake import wake_after_commit
from webapp.clock import seconds_from_now
from webapp.exports import files
from webapp.exports.admission import admit
from webapp.exports.models import Export, State
from webapp.http.text import storable
from webapp.studies.models import Study

log = logging.getLogger(__name__)
WORK = "webapp.exports.work"
GAVE_UP = "its process died {attempts} times; it may need more memory than this server has"


def ask(study: Study, owner: User, to: object) -> tuple[Export, bool]:
    """The export of a study to a format, and whether it is new; a failed one is tried again. Raises Refused."""
    name = admit(study, to)
    with transaction.atomic():
        found, new = Export.objects.get_or_create(study=study, to=name, defaults={"owner": owner})
        failed = Export.objects.filter(id=found.id, state=State.FAILED)
        again = failed.update(state=State.WAITING, reason="", report=None, attempts=0, asked=Now(), finished=None)
        if new or again:
            wake_after_commit(WORK, found.id)
    return Export.objects.get(id=found.id), new


# --- the worker


def next_waiting() -> UUID | None:
    return Export.objects.filter(state=State.WAITING).order_by("asked").values_list("id", flat=True).first()


def claim(export_id: UUID, holder: str) -> Export | None:
    """Claim a waiting export. None where another worker has claimed it."""
    until = seconds_from_now(settings.EXPORT_SECONDS + settings.LEASE_SECONDS)
    waiting = Export.objects.filter(id=export_id, state=State.WAITING)
    if not waiting.update(state=State.RUNNING, holder=holder, expires=until, attempts=F("attempts") + 1):
        return None
    return Export.objects.select_related("study").get(id=export_id)


def finish(held: Export, report: dict[str, Any]) -> None:
    """Store the report of an export that agrees."""
    _held(held).update(state=State.DONE, report=report, holder="", expires=None, reason="", finished=Now())


def fail(held: Export, reason: str, report: dict[str, Any] | None = None) -> None:
    """Store the failure, with the report of an export that does not agree; its files are deleted."""
    ended = {"state": State.FAILED, "reason": storable(reason), "report": report, "finished": Now()}
    if _held(held).update(**ended, holder="", expires=None):
        files.delete(held.study_id, held.id)
        log.warning("export %s %s failed: %s", held.to, held.id, reason)


def requeue(held: Export) -> None:
    """Queue an export again whose process died or leaves; fail it after MAX_EXPORT_ATTEMPTS."""
    if held.attempts >= settings.MAX_EXPORT_ATTEMPTS:
        fail(held, GAVE_UP.format(attempts=held.attempts))
        return
    _held(held).update(state=State.WAITING, holder="", expires=None)
    log.warning("export %s %s: its process %s is gone; queued again", held.to, held.id, held.holder)


def running() -> list[tuple[Export, bool]]:
    """The running exports, each with whether its lease has expired."""
    held = Export.objects.filter(state=State.RUNNING).annotate(
        late=Case(When(expires__lt=Now(), then=True), default=False)
    )
    return [(one, one.late) for one in held]


def _held(held: Export) -> QuerySet[Export]:
    return Export.objects.filter(id=held.id, state=State.RUNNING, holder=held.holder, attempts=held.attempts)
