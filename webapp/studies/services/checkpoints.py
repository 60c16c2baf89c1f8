"""The rows of a study's checkpoints: added with a step, dropped when damaged, deleted when no longer needed."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings

from engine.events import Commit
from webapp.studies.models import TERMINAL, Checkpoint, State
from webapp.studies.services.transitions import Lease, engine_events, state_event, store


def add_checkpoint(lease: Lease, commit: Commit, ahead: int) -> None:
    """Store the step's checkpoint and delete the oldest. The stored history is `ahead` events beyond it."""
    Checkpoint.objects.create(
        study_id=lease.study_id,
        step=commit.step,
        attempt=lease.fence,
        path=commit.checkpoint,
        sha256=commit.sha256,
        size=commit.size,
        events=engine_events(lease.study_id) - ahead,
    )
    kept = Checkpoint.objects.filter(study_id=lease.study_id).order_by("-step").values_list("step", flat=True)
    oldest = list(kept[: settings.KEPT_CHECKPOINTS])[-1]
    Checkpoint.objects.filter(study_id=lease.study_id, step__lt=oldest).delete()


def drop_newest_checkpoint(lease: Lease, reason: str) -> bool:
    """Drop the newest, damaged checkpoint and store an event that says so. False where there is none.

    Called inside a transaction that holds the study's row.
    """
    kept = Checkpoint.objects.filter(study_id=lease.study_id).order_by("-step")
    damaged = kept.first()
    if damaged is None:
        return False
    damaged.delete()
    before = kept.first()
    again = f"resuming from step {before.step}" if before else "starting again from the beginning"
    store(lease.study_id, [state_event(State.RUNNING, f"{reason[:1000]}; {again}")])
    return True


def delete_checkpoints(study_id: UUID, kept: int) -> None:
    """Delete all but the newest `kept` checkpoints of a study that has ended."""
    rows = Checkpoint.objects.filter(study_id=study_id, study__state__in=TERMINAL).order_by("-step")
    steps = list(rows.values_list("step", flat=True)[kept:])
    Checkpoint.objects.filter(study_id=study_id, study__state__in=TERMINAL, step__in=steps).delete()
