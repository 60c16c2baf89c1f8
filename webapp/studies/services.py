"""Every write of a study. Each transition is one conditional UPDATE on the old state (and the fence) in a transaction.

The database's clock decides about leases. Whoever finds no row to update has lost: `LeaseLost` in a worker, `NotNow`
for a user. Everything a viewer should learn is stored as a numbered event in the same transaction.
"""

from __future__ import annotations

import base64
import logging
import uuid
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import F, Q, QuerySet, Value
from django.db.models.functions import Coalesce, Now
from django.utils import timezone

from engine.config import StudyConfig
from engine.events import Commit
from engine.repeat import named, seeded
from webapp.datasets.models import Dataset
from webapp.datasets.services import used_by
from webapp.problems import NotNow
from webapp.studies import announce
from webapp.studies.models import Candidate, Checkpoint, Event, Request, State, Study
from webapp.studies.wake import wake

log = logging.getLogger(__name__)
POISON = "gave up after {n} attempts without progress; see the log, then retry"


class LeaseLost(Exception):
    """Somebody else holds the study now, or nobody does: this worker must stop quietly."""


@dataclass(frozen=True)
class Lease:
    """The right to commit to a study until it expires or a later fence is given out."""

    study_id: UUID
    fence: int


# --- users


def create_repeat(owner: User, config: StudyConfig, seeds: int) -> list[Study]:
    """One study a seed, all or none; they share `repeat`. Raises ConfigError for a count out of bounds."""
    repeat = uuid.uuid4()
    with transaction.atomic():
        return [create_study(owner, named(one), repeat) for one in seeded(config, seeds)]


def create_study(owner: User, config: StudyConfig, repeat: UUID | None = None) -> Study:
    """Store a study and put it in the queue."""
    with transaction.atomic():
        study = Study.objects.create(
            owner=owner,
            repeat=repeat,
            name=config.name,
            config=config.model_dump(mode="json"),
            config_digest=config.digest(),
            seed=config.seed,
            space_size=str(config.space.size),
            generations=config.generations,
            state=State.QUEUED,
        )
        study.datasets.set(_datasets_of(owner, config))
        _store(study.id, [_state_event(State.QUEUED)])
        wake(study.id)
    study.refresh_from_db()
    return study


def _datasets_of(owner: User, config: StudyConfig) -> list[Dataset]:
    """What the study reads, so that it can be neither deleted nor changed."""
    visible = Dataset.objects.for_user(owner)
    found = [used_by(data.dataset, data.path, data.content_sha256, visible) for data in config.all_data.values()]
    return list({one.id: one for one in found if one is not None}.values())


def pause(study_id: UUID) -> None:
    """Pause at once where no worker is busy with it, else ask the worker."""
    with transaction.atomic():
        idle = _idle(study_id, State.QUEUED, State.RUNNING)
        if _move(idle, State.PAUSED, study_id, **_RELEASED):
            return
        _ask(study_id, Request.PAUSE, "only a queued or running study can be paused")


def resume(study_id: UUID) -> None:
    with transaction.atomic():
        if Study.objects.filter(id=study_id, state=State.RUNNING, request=Request.PAUSE).update(request=Request.NONE):
            return
        _require(_move(_in(study_id, State.PAUSED), State.QUEUED, study_id), "only a paused study can be resumed")
        wake(study_id)


def cancel(study_id: UUID) -> None:
    """Cancel at once where no worker is busy with it, else ask the worker."""
    with transaction.atomic():
        idle = _idle(study_id, State.DRAFT, State.QUEUED, State.PAUSED, State.RUNNING)
        if _move(idle, State.CANCELLED, study_id, fence=F("fence") + 1, **_RELEASED, **_FINISHED):
            return
        _ask(study_id, Request.CANCEL, "a study that has ended cannot be cancelled")


def retry(study_id: UUID) -> None:
    """Put a failed study back in the queue; what was done is kept."""
    with transaction.atomic():
        fresh: dict[str, Any] = {"finished": None, "attempts_since_progress": 0, "request": Request.NONE}
        _require(_move(_in(study_id, State.FAILED), State.QUEUED, study_id, **fresh), "only a failed study is retried")
        wake(study_id)


# --- the worker that holds a lease


def claim(study_id: UUID, holder: str) -> Lease | None:
    """Take the lease of a study that is queued, or running without a living holder. None where it is taken."""
    with transaction.atomic():
        free = Study.objects.filter(id=study_id, request=Request.NONE).filter(_claimable())
        taken = free.update(
            state=State.RUNNING,
            holder=holder,
            last_holder=holder,
            expires=_lease_end(),
            fence=F("fence") + 1,
            attempts_since_progress=F("attempts_since_progress") + 1,
            started=Coalesce(F("started"), Now()),
            reason="",
        )
        if not taken:
            return None
        study = Study.objects.only("fence", "attempts_since_progress").get(id=study_id)
        if study.attempts_since_progress > settings.MAX_ATTEMPTS_WITHOUT_PROGRESS:
            reason = POISON.format(n=settings.MAX_ATTEMPTS_WITHOUT_PROGRESS)
            _move(_in(study_id, State.RUNNING), State.FAILED, study_id, reason, **_RELEASED, **_FINISHED)
            return None
        if not _last_state_is_running(study_id):
            _store(study_id, [_state_event(State.RUNNING)])
        return Lease(study_id, study.fence)


def beat(lease: Lease, progress: float | None = None, seconds_left: float | None = None) -> str:
    """Renew the lease and learn what the user asks for. Raises LeaseLost."""
    fields: dict[str, Any] = {"expires": _lease_end()}
    if progress is not None:
        fields |= {"progress": progress, "seconds_left": seconds_left}
    if not _held(lease).update(**fields):
        raise LeaseLost
    return Study.objects.values_list("request", flat=True).get(id=lease.study_id)


def commit_step(
    lease: Lease, events: list[dict[str, Any]], commit: Commit, *, seconds: float = 0, progress: float | None = None
) -> None:
    """Store a durable step: events, candidates, checkpoint and the study's new state, all or nothing.

    `events` are the engine's durable events in wire form. Raises LeaseLost and writes nothing where the fence is old.
    """
    with transaction.atomic():
        fields = _facts(events)
        if progress is not None:
            fields["progress"] = progress
        held = _held(lease).update(
            phase=commit.phase,
            attempts_since_progress=0,
            expires=_lease_end(),
            compute_seconds=F("compute_seconds") + seconds,
            **fields,
        )
        if not held:
            raise LeaseLost
        _name_best_arm(lease.study_id, events)
        Candidate.objects.bulk_create(_candidates(lease.study_id, events))
        _store(lease.study_id, [_stripped(event) for event in events])
        stored = engine_events(lease.study_id)
        Checkpoint.objects.create(
            study_id=lease.study_id,
            step=commit.step,
            attempt=lease.fence,
            path=commit.checkpoint,
            sha256=commit.sha256,
            size=commit.size,
            events=stored,
        )
        if commit.phase == "done":
            done = {"progress": 1.0, "seconds_left": None, **_RELEASED, **_FINISHED}
            _require_lease(_move(_held(lease), State.SUCCEEDED, lease.study_id, **done))


def give_turn(lease: Lease) -> None:
    """End a slice: still running, but free for whoever claims it next. Counts as no failed attempt."""
    with transaction.atomic():
        _require_lease(_held(lease).update(holder="", expires=Now(), attempts_since_progress=0))
        wake(lease.study_id)


def obey(lease: Lease, request: str) -> None:
    """Leave the study as the user asked."""
    with transaction.atomic():
        if request == Request.CANCEL:
            _require_lease(_move(_held(lease), State.CANCELLED, lease.study_id, **_RELEASED, **_FINISHED))
        else:
            settled = {"attempts_since_progress": 0, **_RELEASED}
            _require_lease(_move(_held(lease), State.PAUSED, lease.study_id, **settled))


def fail(lease: Lease, reason: str) -> None:
    with transaction.atomic():
        ended = _move(_held(lease), State.FAILED, lease.study_id, reason[:2000], **_RELEASED, **_FINISHED)
        _require_lease(ended)


def drop_checkpoint(lease: Lease, step: int) -> None:
    """Forget a checkpoint that turned out damaged."""
    with transaction.atomic():
        _require_lease(_held(lease).update(expires=_lease_end()))
        Checkpoint.objects.filter(study_id=lease.study_id, step=step).delete()


# --- the reaper


def expire_holder(study_id: UUID, fence: int) -> bool:
    """Free a study whose holder is known to be dead, before its lease runs out."""
    return bool(_held(Lease(study_id, fence)).update(holder="", expires=Now()))


def settle_requests() -> None:
    """Do what users asked of studies whose worker is gone."""
    dead = Study.objects.filter(state=State.RUNNING, expires__lte=Now()).exclude(request=Request.NONE)
    for study_id, request in dead.values_list("id", "request"):
        with transaction.atomic():
            idle = _idle(study_id, State.RUNNING)
            if request == Request.CANCEL:
                _move(idle, State.CANCELLED, study_id, fence=F("fence") + 1, **_RELEASED, **_FINISHED)
            else:
                _move(idle, State.PAUSED, study_id, fence=F("fence") + 1, **_RELEASED)


def runnable() -> list[UUID]:
    """The studies that wait for a worker, longest waiting first."""
    waiting = Study.objects.filter(request=Request.NONE).filter(_claimable())
    return list(waiting.order_by(F("expires").asc(nulls_first=True), "created").values_list("id", flat=True))


def engine_events(study_id: UUID) -> int:
    """How many of the stored events the engine made."""
    return Event.objects.filter(study_id=study_id).exclude(kind="state_changed").count()


# --- the small parts

_RELEASED: dict[str, Any] = {"holder": "", "expires": None, "request": Request.NONE}
_FINISHED: dict[str, Any] = {"finished": Now()}


def _claimable() -> Q:
    return Q(state=State.QUEUED) | Q(state=State.RUNNING, expires__lte=Now())


def _lease_end() -> Any:
    return Now() + Value(timedelta(seconds=settings.LEASE_SECONDS))


def _in(study_id: UUID, *states: State) -> QuerySet[Study]:
    return Study.objects.filter(id=study_id, state__in=states)


def _idle(study_id: UUID, *states: State) -> QuerySet[Study]:
    """The study, in one of these states, where no living worker holds it."""
    return _in(study_id, *states).filter(Q(expires=None) | Q(expires__lte=Now()))


def _held(lease: Lease) -> QuerySet[Study]:
    return Study.objects.filter(id=lease.study_id, state=State.RUNNING, fence=lease.fence)


def _move(rows: QuerySet[Study], state: State, study_id: UUID, reason: str = "", **fields: Any) -> bool:
    """Change the state of the rows that are still as expected, and store that as an event."""
    if not rows.update(state=state, reason=reason, **fields):
        return False
    _store(study_id, [_state_event(state, reason)])
    log.info("study %s: %s%s", study_id, state, f" ({reason})" if reason else "")
    return True


def _ask(study_id: UUID, request: Request, problem: str) -> None:
    asked = Study.objects.filter(id=study_id, state=State.RUNNING).exclude(request=Request.CANCEL)
    if request == Request.CANCEL:
        asked = Study.objects.filter(id=study_id, state=State.RUNNING)
    _require(asked.update(request=request), problem)


def _require(done: int | bool, problem: str) -> None:
    if not done:
        raise NotNow(problem)


def _require_lease(done: int | bool) -> None:
    if not done:
        raise LeaseLost


def _state_event(state: State, reason: str = "") -> dict[str, Any]:
    return {"kind": "state_changed", "state": state.value, "reason": reason}


def _last_state_is_running(study_id: UUID) -> bool:
    last = Event.objects.filter(study_id=study_id, kind="state_changed").order_by("-seq").first()
    return last is not None and last.payload["state"] == State.RUNNING


def _store(study_id: UUID, events: list[dict[str, Any]]) -> None:
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


def _stripped(event: dict[str, Any]) -> dict[str, Any]:
    """The event without its candidates' spike maps, which travel by their own URL."""
    if event["kind"] != "generation_finished":
        return event
    candidates = [{k: v for k, v in c.items() if k != "spike_map"} for c in event["candidates"]]
    return event | {"candidates": candidates}


def _candidates(study_id: UUID, events: list[dict[str, Any]]) -> list[Candidate]:
    shared = ("generation", "architecture", "accuracy", "spikes", "firing_rate", "fitness", "parameters", "origin")
    return [
        Candidate(
            study_id=study_id,
            number=c["id"],
            parents=c["parents"],
            changed=c["changed"],
            spike_map=base64.b64decode(c["spike_map"]),
            **{name: c[name] for name in shared},
        )
        for event in events
        if event["kind"] == "generation_finished"
        for c in event["candidates"]
    ]


def _facts(events: list[dict[str, Any]]) -> dict[str, Any]:
    """The study's fields that follow from new events."""
    fields: dict[str, Any] = {}
    for event in events:
        if event["kind"] == "generation_finished":
            fields |= {"generation": event["generation"] + 1, "generations": event["generations"]}
            fields |= _best_of(event)
        if event["kind"] == "study_finished":
            fields |= {
                "best_architecture": event["architecture"],
                "best_accuracy": event["test_accuracy"],
                "best_spikes": event["test_spikes"],
                "best_tag": "test, retrained",
            }
    return fields


def _name_best_arm(study_id: UUID, events: list[dict[str, Any]]) -> None:
    """An analysis study has no winner; what lists show is the arm with the best mean accuracy."""
    for event in events:
        if event["kind"] == "analysis_finished":
            best = max(event["arms"], key=lambda arm: arm["accuracy"]["mean"])
            Study.objects.filter(id=study_id, best_architecture="").update(
                best_architecture=best["arm"],
                best_accuracy=best["accuracy"]["mean"],
                best_spikes=best["spikes"]["mean"],
                best_tag=f"test, mean of {best['accuracy']['n']}",
            )


def _best_of(event: dict[str, Any]) -> dict[str, Any]:
    """The generation's best, where it is one of the new candidates; else the best is an older one and stays."""
    for candidate in event["candidates"]:
        if candidate["id"] == event["best"]:
            return {
                "best_architecture": candidate["architecture"],
                "best_accuracy": candidate["accuracy"],
                "best_spikes": candidate["spikes"],
                "best_tag": "validation, supernet",
            }
    return {}
