"""The user's actions pause, resume, stop, cancel and retry. An action without effect succeeds silently."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q
from django.db.models.functions import Coalesce, Now

from webapp.studies.models import Ending, Phase, Request, State, Study
from webapp.studies.services import scheduling
from webapp.studies.services.transitions import FINISHED, RELEASED, idle, inside, move, require, state_event, store
from webapp.studies.services.wake import wake

ENDINGS = {
    Ending.RESULT: "stop requested after this generation; the results so far are kept",
    Ending.RETRAIN: "stop requested after this generation; the winner is retrained",
}
WORKING = (State.QUEUED, State.RUNNING)


def pause(study_id: UUID) -> None:
    """Pause at once where no worker holds it, else request it. A study that waits for disk space stays paused."""
    with transaction.atomic():
        inside(study_id, State.PAUSED).update(not_before=None)
        if move(idle(study_id, *WORKING), State.PAUSED, study_id, **RELEASED) or _is(study_id, State.PAUSED):
            return
        asked = inside(study_id, State.RUNNING).exclude(request=Request.CANCEL)
        require(_ask(asked, Request.PAUSE), "only a queued or running study can be paused")


def resume(study_id: UUID) -> None:
    """Queue a paused study again, or withdraw a pause that no worker has applied yet."""
    with transaction.atomic():
        taken_back = inside(study_id, State.RUNNING).filter(request=Request.PAUSE)
        if taken_back.update(request=Request.NONE, requested=None) or _is(study_id, *WORKING):
            return
        require(_queue(study_id, State.PAUSED), "only a paused study can be resumed")


def stop(study_id: UUID, then: Ending) -> None:
    """End the search after the current generation; keep the results, and retrain the winner where requested."""
    with transaction.atomic():
        unfinished = inside(study_id, *WORKING, State.PAUSED).exclude(request=Request.CANCEL)
        phases = [Phase.NONE, Phase.SUPERNET, Phase.SEARCH]
        if then == Ending.RESULT:
            phases.append(Phase.RETRAIN)
        searching = unfinished.filter(phase__in=phases, config__analysis__arms__isnull=True)
        if not searching.exclude(ending=then).update(ending=then):
            asked_before = searching.exists() or _was_stopped(study_id, then)
            require(asked_before, "only a study that is still searching can be stopped early")
            return
        state = Study.objects.values_list("state", flat=True).get(id=study_id)
        store(study_id, [state_event(state, ENDINGS[then])])


def _was_stopped(study_id: UUID, then: Ending) -> bool:
    """Whether the study has already ended early, or is already retraining."""
    come = Q(state=State.SUCCEEDED, ending=then)
    if then == Ending.RETRAIN:
        come |= Q(state__in=(*WORKING, State.PAUSED), phase=Phase.RETRAIN)
    return Study.objects.filter(come, id=study_id, deleted=None).exists()


def cancel(study_id: UUID) -> None:
    """Cancel at once where no worker holds it, else request it."""
    with transaction.atomic():
        free = idle(study_id, State.DRAFT, *WORKING, State.PAUSED)
        if move(free, State.CANCELLED, study_id, fence=F("fence") + 1, **RELEASED, **FINISHED):
            return
        if not _is(study_id, State.CANCELLED):
            asked = inside(study_id, State.RUNNING)
            require(_ask(asked, Request.CANCEL), "a study that has ended cannot be cancelled")


def retry(study_id: UUID) -> None:
    """Queue a failed study again. It resumes from its last stored step."""
    with transaction.atomic():
        if _is(study_id, *WORKING):
            return
        fresh: dict[str, Any] = {"finished": None, "attempts_since_progress": 0}
        require(_queue(study_id, State.FAILED, **fresh), "only a failed study is retried")


def _is(study_id: UUID, *states: State) -> bool:
    return inside(study_id, *states).filter(request=Request.NONE).exists()


def _ask(rows: Any, request: Request) -> int:
    """Store the request for the worker. A repeated request keeps the time of the first."""
    asked: int = rows.update(request=request, requested=Coalesce(F("requested"), Now()))
    return asked


def _queue(study_id: UUID, state: State, **fields: Any) -> bool:
    rows = inside(study_id, state)
    begun: dict[str, Any] = {"not_before": None, "turns": scheduling.least_turns(), "archived": False}
    if not move(rows, State.QUEUED, study_id, **begun, **fields):
        return False
    wake(study_id)
    return True
