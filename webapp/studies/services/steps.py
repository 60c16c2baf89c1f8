"""Commits a durable step: events, candidates, checkpoint and state, all or nothing, only under the current fence."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Now

from engine.events import Commit
from webapp.clock import lease_end
from webapp.studies.models import Candidate, Checkpoint, Ending, Reason, State, Study
from webapp.studies.services.checkpoints import add_checkpoint
from webapp.studies.services.leases import request_of
from webapp.studies.services.projections import RETRAINED, candidates, name_best_arm, study_fields, without_spike_maps
from webapp.studies.services.transitions import FINISHED, RELEASED, Lease, held, move, require_lease, store

STOPPED = "stopped after generation {generation} of {generations}, as requested; the results so far are kept"
UNTRAINED = "stopped before the winner was retrained, as requested; the results so far are kept"


def commit_step(
    lease: Lease,
    events: list[dict[str, Any]],
    commit: Commit,
    *,
    ahead: int = 0,
    seconds: float = 0,
    progress: float | None = None,
) -> tuple[str, str]:
    """Store a durable step: events, candidates, checkpoint and the study's new state, all or nothing.

    Returns the user's current (request, ending), so that a request made before the commit takes effect after it.

    `events` are the engine's durable events in wire form. `ahead` counts the events after this step that an earlier
    run has stored already. Raises LeaseLost and writes nothing where the fence is old. Idempotent: a retry after a
    broken connection finds the step stored.
    """
    with transaction.atomic():
        mine = Checkpoint.objects.filter(study_id=lease.study_id, step=commit.step, attempt=lease.fence)
        if mine.filter(sha256=commit.sha256).exists():
            return request_of(lease)
        fields = study_fields(events)
        if progress is not None:
            fields["progress"] = progress
        require_lease(
            held(lease).update(
                phase=commit.phase,
                attempts_since_progress=0,
                reason="",
                reason_code=Reason.NONE,
                expires=lease_end(),
                stepped=Now(),
                compute_seconds=F("compute_seconds") + seconds,
                **fields,
            )
        )
        name_best_arm(lease.study_id, events)
        Candidate.objects.bulk_create(candidates(lease.study_id, events))
        store(lease.study_id, [without_spike_maps(event) for event in events])
        add_checkpoint(lease, commit, ahead)
        if commit.phase == "done":
            _succeed(lease)
        return request_of(lease)


def _succeed(lease: Lease) -> None:
    study = Study.objects.only("ending", "generation", "generations", "best_tag").get(id=lease.study_id)
    reason, code = "", ""
    if study.ending and study.generation < study.generations:
        reason = STOPPED.format(generation=study.generation, generations=study.generations)
        code = Reason.STOPPED
    elif study.ending == Ending.RESULT and study.best_tag != RETRAINED:
        reason, code = UNTRAINED, Reason.STOPPED
    done = {"progress": 1.0, "seconds_left": None, **RELEASED, **FINISHED}
    require_lease(move(held(lease), State.SUCCEEDED, lease.study_id, reason, code, **done))
