"""Every transition of a study: one function each, one conditional UPDATE on the old state (and the fence) in each.

The database's clock decides about leases. Whoever finds no row to update has lost: `LeaseLost` in a worker, `NotNow`
for a user. What already is as the user wants it stays so, silently: every verb may be said twice.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Coalesce, Greatest, Now

from engine.events import Commit
from webapp.studies import announce, fairness
from webapp.studies.models import (
    TERMINAL,
    Candidate,
    Checkpoint,
    Ending,
    Phase,
    Priority,
    Reason,
    Request,
    State,
    Study,
)
from webapp.studies.services.checkpoints import add_checkpoint, drop_newest
from webapp.studies.services.contents import RETRAINED, candidates, facts, name_best_arm, stripped
from webapp.studies.services.rows import (
    FINISHED,
    RELEASED,
    Lease,
    held,
    idle,
    inside,
    last_state_is_running,
    lease_end,
    move,
    require,
    require_lease,
    seconds_from_now,
    state_event,
    store,
)
from webapp.studies.wake import wake

POISON = "gave up after {n} attempts without progress; see the log, then retry"
STOPPED = "stopped after generation {generation} of {generations}, as asked; what was found is kept"
UNTRAINED = "stopped before the winner was retrained, as asked; what was found is kept"
ENDINGS = {
    Ending.RESULT: "asked to stop after this generation and to keep what was found",
    Ending.RETRAIN: "asked to stop after this generation and to retrain the winner",
}
WORKING = (State.QUEUED, State.RUNNING)
UNDO_ON_ITS_WAY = 10.0


# --- users


def pause(study_id: UUID) -> None:
    """Pause at once where no worker is busy with it, else ask the worker. One that only waits for room stays paused."""
    with transaction.atomic():
        inside(study_id, State.PAUSED).update(not_before=None)
        if move(idle(study_id, *WORKING), State.PAUSED, study_id, **RELEASED) or _is(study_id, State.PAUSED):
            return
        asked = inside(study_id, State.RUNNING).exclude(request=Request.CANCEL)
        require(_ask(asked, Request.PAUSE), "only a queued or running study can be paused")


def resume(study_id: UUID) -> None:
    """Queue a paused study again, or take a pause back that no worker has obeyed yet."""
    with transaction.atomic():
        taken_back = inside(study_id, State.RUNNING).filter(request=Request.PAUSE)
        if taken_back.update(request=Request.NONE, requested=None) or _is(study_id, *WORKING):
            return
        require(_queue(study_id, State.PAUSED), "only a paused study can be resumed")


def stop(study_id: UUID, then: Ending) -> None:
    """End the search after the generation at work; keep what was found, and retrain the winner where asked."""
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
    """Whether what is asked has come about already: ended early, or retraining."""
    come = Q(state=State.SUCCEEDED, ending=then)
    if then == Ending.RETRAIN:
        come |= Q(state__in=(*WORKING, State.PAUSED), phase=Phase.RETRAIN)
    return Study.objects.filter(come, id=study_id, deleted=None).exists()


def cancel(study_id: UUID) -> None:
    """Cancel at once where no worker is busy with it, else ask the worker."""
    with transaction.atomic():
        free = idle(study_id, State.DRAFT, *WORKING, State.PAUSED)
        if move(free, State.CANCELLED, study_id, fence=F("fence") + 1, **RELEASED, **FINISHED):
            return
        if not _is(study_id, State.CANCELLED):
            asked = inside(study_id, State.RUNNING)
            require(_ask(asked, Request.CANCEL), "a study that has ended cannot be cancelled")


def retry(study_id: UUID) -> None:
    """Put a failed study back in the queue; it goes on from its last good step."""
    with transaction.atomic():
        if _is(study_id, *WORKING):
            return
        fresh: dict[str, Any] = {"finished": None, "attempts_since_progress": 0}
        require(_queue(study_id, State.FAILED, **fresh), "only a failed study is retried")


def archive(study_id: UUID) -> None:
    """Out of the lists, back by restore or by going on. One that waits for room waits no longer."""
    done = _note(inside(study_id, State.PAUSED, *TERMINAL), study_id, archived=True, not_before=None)
    require(done, "a study at work cannot be archived; pause or cancel it first")


def restore(study_id: UUID) -> None:
    require(_note(Study.objects.filter(deleted=None), study_id, archived=False), "there is no such study")


def set_priority(study_id: UUID, priority: Priority) -> None:
    """How large a share of the turns it gets beside others, from its next turn on."""
    require(_note(Study.objects.filter(deleted=None), study_id, priority=priority), "there is no such study")


def delete(study_id: UUID) -> None:
    """Into the bin: gone from every page at once, and for good after UNDO_SECONDS."""
    done = inside(study_id, State.DRAFT, State.PAUSED, *TERMINAL).update(deleted=Now())
    if not done and Study.objects.filter(id=study_id, deleted=None).exists():
        require(done, "a study at work cannot be deleted; cancel it first")


def undelete(study_id: UUID) -> None:
    """Take it out of the bin again, within UNDO_SECONDS; where it was not in there, that is well too."""
    there = Q(deleted=None) | Q(deleted__gt=seconds_from_now(-settings.UNDO_SECONDS))
    require(Study.objects.filter(there, id=study_id).update(deleted=None), "it is deleted for good")


def _note(rows: QuerySet[Study], study_id: UUID, **fields: Any) -> int:
    """Change what is no event of the study, and let its pages look again."""
    with transaction.atomic():
        done = rows.filter(id=study_id).update(**fields)
        if done:
            announce.nudge(study_id, Study.objects.values_list("last_seq", flat=True).get(id=study_id))
        return done


def _is(study_id: UUID, *states: State) -> bool:
    return inside(study_id, *states).filter(request=Request.NONE).exists()


def _ask(rows: Any, request: Request) -> int:
    """Note what a worker shall do; asking again does not move the moment of the first time."""
    asked: int = rows.update(request=request, requested=Coalesce(F("requested"), Now()))
    return asked


def _queue(study_id: UUID, state: State, **fields: Any) -> bool:
    rows = inside(study_id, state)
    begun: dict[str, Any] = {"not_before": None, "turns": fairness.fewest_turns(), "archived": False}
    if not move(rows, State.QUEUED, study_id, **begun, **fields):
        return False
    wake(study_id)
    return True


# --- the worker that holds a lease


def claim(study_id: UUID, holder: str) -> Lease | None:
    """Take the lease of a study that is queued, or running without a living holder. None where it is taken.

    A queued one also waits where its owner has as many running as allowed.
    """
    with transaction.atomic():
        free = Study.objects.claimable().filter(id=study_id)
        if fairness.over_quota(study_id):
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
    """Fail a study that three attempts brought no further; the last attempt's own reason is told where it had one."""
    reason = POISON.format(n=settings.MAX_ATTEMPTS_WITHOUT_PROGRESS)
    if study.reason_code:
        reason = f"{reason}. The last attempt: {study.reason}"
    move(held(lease), State.FAILED, study.id, reason, study.reason_code or Reason.POISON, **RELEASED, **FINISHED)


def beat(lease: Lease, progress: float | None = None, seconds_left: float | None = None) -> tuple[str, str]:
    """Renew the lease and learn what the user asks for: (request, ending). Raises LeaseLost."""
    fields: dict[str, Any] = {"expires": lease_end()}
    if progress is not None:
        fields |= {"progress": progress, "seconds_left": seconds_left}
    require_lease(held(lease).update(**fields))
    return _asked(lease)


def _asked(lease: Lease) -> tuple[str, str]:
    """What the user asks for: (request, ending)."""
    request, ending = Study.objects.values_list("request", "ending").get(id=lease.study_id)
    return request, ending


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
            return _asked(lease)
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
        return _asked(lease)


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


def give_turn(lease: Lease, seconds: float = 0.0) -> None:
    """End a slice of so many seconds: still running, but free for whoever claims it next. No failed attempt."""
    with transaction.atomic():
        if not _still_has_turn(lease):
            return
        held(lease).update(
            holder="",
            expires=Now(),
            attempts_since_progress=Greatest(F("attempts_since_progress") - 1, 0),
            turns=F("turns") + seconds / fairness.weight(lease.study_id),
        )
        wake(lease.study_id)


def fall_back(lease: Lease, reason: str, code: str) -> None:
    """Forget the newest checkpoint, which cannot be used, and end the turn; fail where there is none."""
    with transaction.atomic():
        if not _still_has_turn(lease):
            return
        if drop_newest(lease, reason):
            give_turn(lease)
        else:
            fail(lease, reason, code)


def _still_has_turn(lease: Lease) -> bool:
    """Lock the study's row. False where the turn has ended already: the write is said again. Raises LeaseLost."""
    if held(lease).exclude(holder="").update(expires=lease_end()):
        return True
    require_lease(held(lease).exists())
    return False


def obey(lease: Lease, request: str) -> None:
    """Leave the study as the user asked; where that was taken back meanwhile, only end the turn."""
    with transaction.atomic():
        rows = held(lease).filter(request=request)
        if request == Request.CANCEL:
            done = move(rows, State.CANCELLED, lease.study_id, **RELEASED, **FINISHED)
        else:
            done = move(rows, State.PAUSED, lease.study_id, **{"attempts_since_progress": 0, **RELEASED})
        if not done:
            give_turn(lease)


def fail(lease: Lease, reason: str, code: str = Reason.UNEXPECTED) -> None:
    with transaction.atomic():
        require_lease(move(held(lease), State.FAILED, lease.study_id, reason, code, **RELEASED, **FINISHED))


def wait_for_disk(lease: Lease, reason: str) -> None:
    """Pause a study for want of room; `resume_where_room` lets it go on by itself."""
    with transaction.atomic():
        waiting = {"not_before": seconds_from_now(settings.DISK_RETRY_SECONDS), "attempts_since_progress": 0}
        out = Reason.OUT_OF_DISK
        require_lease(move(held(lease), State.PAUSED, lease.study_id, reason, out, **waiting, **RELEASED))


def step_aside(lease: Lease) -> None:
    """End a turn that the database had no room for, not even for the event of a pause; tried again after a lease."""
    with transaction.atomic():
        give_turn(lease)
        held(lease).update(not_before=lease_end(), reason_code=Reason.OUT_OF_DISK)


def give_up_stalled(lease: Lease, reason: str) -> None:
    """Free a study whose lease is kept while nothing moves. It counts as an attempt without progress."""
    with transaction.atomic():
        fields: dict[str, Any] = {"holder": "", "expires": Now(), "fence": F("fence") + 1}
        require_lease(held(lease).update(reason=reason, reason_code=Reason.STALLED, **fields))
        store(lease.study_id, [state_event(State.RUNNING, reason)])
        wake(lease.study_id)


# --- the reaper


def expire_holder(study_id: UUID, fence: int) -> bool:
    """Free a study whose holder is known to be dead, before its lease runs out."""
    return bool(held(Lease(study_id, fence)).update(holder="", expires=Now()))


def fail_dead(study_id: UUID, fence: int, reason: str, code: str) -> bool:
    """Fail a study whose holder is known to have died of something that a repetition would not heal."""
    with transaction.atomic():
        rows = held(Lease(study_id, fence))
        return move(rows, State.FAILED, study_id, reason, code, fence=F("fence") + 1, **RELEASED, **FINISHED)


def settle_requests() -> None:
    """Do what users asked of studies whose worker is gone, or has not done it in FORCE_SECONDS; it is fenced out."""
    overdue = Q(expires__lte=Now()) | Q(requested__lte=seconds_from_now(-settings.FORCE_SECONDS))
    asked = Study.objects.filter(overdue, state=State.RUNNING).exclude(request=Request.NONE)
    for study_id, request, fence in list(asked.values_list("id", "request", "fence")):
        with transaction.atomic():
            rows = asked.filter(id=study_id, request=request, fence=fence)
            if request == Request.CANCEL:
                move(rows, State.CANCELLED, study_id, fence=F("fence") + 1, **RELEASED, **FINISHED)
            else:
                settled = {"fence": F("fence") + 1, "attempts_since_progress": 0, **RELEASED}
                move(rows, State.PAUSED, study_id, **settled)


def resume_where_room(study_id: UUID) -> bool:
    """Queue again a study that was paused for want of disk, some time after it was."""
    with transaction.atomic():
        rows = inside(study_id, State.PAUSED).filter(reason_code=Reason.OUT_OF_DISK, not_before__lte=Now())
        if not move(rows, State.QUEUED, study_id, "there is room on the disk again", not_before=None):
            return False
        wake(study_id)
        return True


def purge(remove_files: Callable[[UUID], None]) -> None:
    """Delete for good what can no longer be taken out of the bin, files first: a crash between leaves the row.

    No transaction is open while files go. An undelete that came in time may still be on its way, so it waits a little.
    """
    gone = Study.objects.filter(deleted__lte=seconds_from_now(-settings.UNDO_SECONDS - UNDO_ON_ITS_WAY))
    for study_id in list(gone.values_list("id", flat=True)):
        remove_files(study_id)
        gone.filter(id=study_id).delete()
