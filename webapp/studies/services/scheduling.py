"""The scheduler of turns: shares by priority and owner, quotas per user, and the reason why a study waits."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.contrib.auth.models import User
from django.db.models import F, Min
from django.utils import timezone

from engine.errors import ConfigError
from webapp.studies.models import TERMINAL, Priority, State, Study, Worker

WEIGHTS = {Priority.LOW: 1.0, Priority.NORMAL: 2.0, Priority.HIGH: 4.0}
WORKING = (State.QUEUED, State.RUNNING)


def weight(study_id: UUID) -> float:
    """The study's share of the turns: its priority's weight, divided by the running studies of its owner."""
    owner, priority = Study.objects.values_list("owner_id", "priority").get(id=study_id)
    mates = Study.objects.filter(owner_id=owner, state=State.RUNNING).count()
    return WEIGHTS[Priority(priority)] / max(mates, 1)


def least_turns() -> float:
    """The start value of a new study's `turns`: equal to the study that is next, neither ahead nor behind."""
    working = Study.objects.filter(state__in=WORKING).aggregate(least=Min("turns"))
    return working["least"] or 0.0


def over_quota(study_id: UUID) -> bool:
    """Whether its owner has RUNNING_QUOTA studies running. Locks the owner's row: two claims cannot both pass."""
    owner = Study.objects.values_list("owner_id", flat=True).get(id=study_id)
    User.objects.select_for_update(no_key=True).get(id=owner)
    return Study.objects.filter(owner_id=owner, state=State.RUNNING).count() >= settings.RUNNING_QUOTA


def require_unfinished_quota(owner: User) -> None:
    """Raise ConfigError where a user has UNFINISHED_QUOTA unfinished studies: they take rows and files.

    Locks the owner's row until the transaction ends: two concurrent launches must not both pass.
    """
    User.objects.select_for_update(no_key=True).get(id=owner.pk)
    unfinished = Study.objects.filter(owner=owner, deleted=None).exclude(state__in=TERMINAL)
    if unfinished.count() >= settings.UNFINISHED_QUOTA:
        most = f"at most {settings.UNFINISHED_QUOTA:,} of your studies may be unfinished at a time"
        raise ConfigError([f"{most}; cancel or delete some"])


def runnable() -> list[UUID]:
    """The studies that may have the next turn, by rising `turns`."""
    running = _running()
    due = Study.objects.claimable().order_by("turns", F("expires").asc(nulls_first=True), "created")
    found = []
    for study_id, owner, state in due.values_list("id", "owner_id", "state"):
        if state == State.QUEUED:
            if running[owner] >= settings.RUNNING_QUOTA:
                continue
            running[owner] += 1
        found.append(study_id)
    return found


def _running() -> Counter[int]:
    owners = Study.objects.filter(state=State.RUNNING).values_list("owner_id", flat=True)
    return Counter(owners)


@dataclass(frozen=True)
class Place:
    """A study's position in the queue, counted from 1, and the reason why it waits."""

    position: int | None
    why: str


class Queue:
    """The current queue, read once for a whole list of studies."""

    def __init__(self) -> None:
        self.order = {study_id: place for place, study_id in enumerate(runnable(), 1)}
        self.running = _running()
        self.workers = Worker.objects.alive().count()

    def place(self, study: Study) -> Place | None:
        """None where the study does not wait."""
        if study.state == State.PAUSED and study.not_before is not None:
            return Place(None, "waits for disk space, then resumes by itself")
        if study.state == State.RUNNING and study.holder:
            return None
        if study.state not in WORKING:
            return None
        return Place(self.order.get(study.id), self._why(study))

    def _why(self, study: Study) -> str:
        if not self.workers:
            return "waits: no worker is alive"
        if study.not_before is not None and study.not_before > timezone.now():
            return "waits before its next attempt"
        if study.state == State.QUEUED and self.running[study.owner_id] >= settings.RUNNING_QUOTA:
            return f"waits: {study.owner.get_username()} already has {settings.RUNNING_QUOTA} running, the quota"
        position = self.order.get(study.id)
        if position is None:
            return "a worker claims it in a moment"
        if position == 1:
            return "next in the queue"
        turn = "turn" if study.state == State.RUNNING else "start"
        return f"waits for its {turn}: {position - 1} before it, {_workers(self.workers)}"


def _workers(count: int) -> str:
    return "one worker" if count == 1 else f"{count} workers"
