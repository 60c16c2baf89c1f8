"""Frees studies whose worker died, applies overdue requests, and repeats lost wake-ups. Several may run at once."""

from __future__ import annotations

import logging
import shutil
from collections.abc import Callable, Collection, Iterable
from uuid import UUID

from django.conf import settings
from django.db.models.functions import Now

from engine.config.parse import parse_stored
from engine.errors import ConfigError
from engine.run.resource_errors import what_to_lower
from webapp.broker.client import queue_length
from webapp.studies import services
from webapp.studies.models import Checkpoint, Reason, State, Study, Worker
from webapp.studies.services import Lease, scheduling
from webapp.studies.services.wake import wake
from webapp.studies.worker.disk_full import database_has_disk_space
from webapp.workers import process_memory
from webapp.workers.periodic import run_all
from webapp.workers.process import is_dead_here, pid_here

log = logging.getLogger(__name__)


class Reaper:
    """The reaper's jobs. It remembers how many processes the kernel had killed for lack of memory."""

    def __init__(self, oom_kills: int | None) -> None:
        self.oom_kills = oom_kills

    def look(self) -> None:
        run_all([self.free_the_dead, services.apply_overdue_requests, resume_after_disk_full, wake_the_waiting], log)

    def free_the_dead(self) -> None:
        """Free studies whose holder was a process of this host that has ended."""
        for study_id, holder, fence in _held():
            if not is_dead_here(holder):
                continue
            if self._killed_for_memory():
                services.fail_dead(study_id, fence, memory_reason(study_id), Reason.OUT_OF_MEMORY)
            elif services.expire_holder(study_id, fence):
                log.warning("study %s: its worker process %s is gone; freed", study_id, holder)
        self.oom_kills = process_memory.oom_kills()

    def _killed_for_memory(self) -> bool:
        now = process_memory.oom_kills()
        return now is not None and self.oom_kills is not None and now > self.oom_kills


def release_leases(ended: Collection[int]) -> None:
    """End the turns of processes that were ended on purpose. This counts as no failed attempt."""
    for study_id, holder, fence in _held():
        if pid_here(holder) in ended:
            services.end_turn(Lease(study_id, fence))


def _held() -> Iterable[tuple[UUID, str, int]]:
    held = Study.objects.filter(state=State.RUNNING).exclude(holder="")
    return held.values_list("id", "holder", "fence")


def memory_reason(study_id: UUID) -> str:
    """The reason of an out-of-memory kill: last memory seen, limit, and what to lower."""
    study = Study.objects.get(id=study_id)
    used = Worker.objects.filter(study=study_id).values_list("memory", flat=True).first()
    limit = process_memory.limit()
    had = f", which last had {used / 1e9:,.2f} GB" if used else ""
    of = f" of {limit / 1e9:,.2f} GB" if limit else ""
    try:
        change = what_to_lower(parse_stored(study.config), study.phase)
    except ConfigError:
        change = "lower the batch size"
    return f"out of memory: the kernel killed the worker process{had}{of}; {change}"


def resume_after_disk_full() -> None:
    """Queue studies that paused on a full disk, where the disk has space for their next checkpoints."""
    paused = Study.objects.filter(state=State.PAUSED, reason_code=Reason.OUT_OF_DISK, not_before__lte=Now())
    if not paused.exists() or not database_has_disk_space():
        return
    for study_id in paused.values_list("id", flat=True):
        newest = Checkpoint.objects.filter(study_id=study_id).order_by("-step").first()
        needed = settings.SPARE_DISK + settings.KEPT_CHECKPOINTS * (newest.size if newest else 0)
        if shutil.disk_usage(settings.STUDIES_ROOT).free >= needed:
            services.resume_after_disk_full(study_id)


def wake_the_waiting(queued: Callable[[], int] = queue_length) -> None:
    """Send one wake-up for every runnable study without one in the broker."""
    waiting = scheduling.runnable()
    for study_id in waiting[: max(0, len(waiting) - queued())] if waiting else []:
        wake(study_id)
