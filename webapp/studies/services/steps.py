"""A durable step: events, candidates, checkpoint and state, all or nothing, and only by whoever holds the study."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Now

from engine.events import Commit
from webapp.clock import lease_end
from webapp.studies.models import Candidate, Checkpoint, Ending, Reason, State, Study
from webapp.studies.services.checkpoints import add_checkpoint
from webapp.studies.services.leases import asked
from webapp.studies.services.projections import RETRAINED, candidates, facts, name_best_arm, stripped
from webapp.studies.services.transitions import FINISHED, RELEASED, Lease, held, move, require_lease, store

STOPPED = "stopped after generation {generation} of {generations}, as asked; what was found is kept"
UNTRAINED = "stopped before the winner was retrained, as asked; what was found is kept"


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

    Returns what the user asks for by now, (request, ending): whoever asked before the step was stored is heard in time.

    `events` are the engine's durable events in wire form; `ahead` is how many that come after this step are stored
    already, since an earlier run was further. Raises LeaseLost and writes nothing where the fence is old.
    Said again after a connection broke on the way back, it finds the step stored and leaves it.
    """
    with transaction.atomic():
        mine = Checkpoint.objects.filter(study_id=lease.study_id, step=commit.step, attempt=lease.fence)
        if mine.filter(sha256=commit.sha256).exists():
            return asked(lease)
        fields = facts(events)
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
        store(lease.study_id, [stripped(event) for event in events])
        add_checkpoint(lease, commit, ahead)
        if commit.phase == "done":
            _succeed(lease)
        return asked(lease)


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
