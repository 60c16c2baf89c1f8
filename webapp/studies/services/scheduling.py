"""Who gets the next turn: shares by priority and owner, quotas of a user, and why a study waits."""

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
    """Its share of the turns: by priority, and divided by how many studies its owner has at work."""
    owner, priority = Study.objects.values_list("owner_id", "priority").get(id=study_id)
    mates = Study.objects.filter(owner_id=owner, state=State.RUNNING).count()
    return WEIGHTS[Priority(priority)] / max(mates, 1)


def fewest_turns() -> float:
    """Where a newcomer begins: level with whoever is next, neither ahead of all nor behind."""
    working = Study.objects.filter(state__in=WORKING).aggregate(least=Min("turns"))
    return working["least"] or 0.0


def over_quota(study_id: UUID) -> bool:
    """Whether its owner has as many studies running as allowed. Locks the owner's row: two claims cannot both pass."""
    owner = Study.objects.values_list("owner_id", flat=True).get(id=study_id)
    User.objects.select_for_update(no_key=True).get(id=owner)
    return Study.objects.filter(owner_id=owner, state=State.RUNNING).count() >= settings.RUNNING_QUOTA


def require_room(owner: User) -> None:
    """Raise ConfigError where a user has as many unfinished studies as allowed: rows and files are not without end.

    Locks the owner's row until the transaction ends: two launches at once must not both take the last place.
    """
    User.objects.select_for_update(no_key=True).get(id=owner.pk)
    unfinished = Study.objects.filter(owner=owner, deleted=None).exclude(state__in=TERMINAL)
    if unfinished.count() >= settings.UNFINISHED_QUOTA:
        most = f"at most {settings.UNFINISHED_QUOTA:,} of your studies may be unfinished at a time"
        raise ConfigError([f"{most}; cancel or delete some"])


def runnable() -> list[UUID]:
    """The studies that may have the next turn, the one that had the least first."""
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
    """Where a study stands in the queue, counted from 1, and in words why it does not run now."""

    position: int | None
    why: str


class Queue:
    """The queue as it is now; one look serves a whole list of studies."""

    def __init__(self) -> None:
        self.order = {study_id: place for place, study_id in enumerate(runnable(), 1)}
        self.running = _running()
        self.workers = Worker.objects.alive().count()

    def place(self, study: Study) -> Place | None:
        """None where the study does not wait."""
        if study.state == State.PAUSED and study.not_before is not None:
            return Place(None, "waits for room on the disk, then goes on by itself")
        if study.state == State.RUNNING and study.holder:
            return None
        if study.state not in WORKING:
            return None
        return Place(self.order.get(study.id), self._why(study))

    def _why(self, study: Study) -> str:
        if not self.workers:
            return "waits: no worker is alive"
        if study.not_before is not None and study.not_before > timezone.now():
            return "waits a moment before its next attempt"
        if study.state == State.QUEUED and self.running[study.owner_id] >= settings.RUNNING_QUOTA:
            return f"waits: {study.owner.get_username()} already has {settings.RUNNING_QUOTA} running, the quota"
        position = self.order.get(study.id)
        if position is None:
            return "a worker takes it up in a moment"
        if position == 1:
            return "next in turn"
        turn = "turn" if study.state == State.RUNNING else "start"
        return f"waits for its {turn}: {position - 1} before it, {_workers(self.workers)}"


def _workers(count: int) -> str:
    return "one worker" if count == 1 else f"{count} workers"
