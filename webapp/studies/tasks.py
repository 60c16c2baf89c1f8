"""The Celery tasks of studies. A task is a wake-up: the study's row decides what is done."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

from celery import shared_task

from engine.events import Commit, Event
from webapp.logs import about
from webapp.studies import services
from webapp.studies.models import Worker
from webapp.studies.services.scheduling import runnable
from webapp.studies.services.wake import ADVANCE
from webapp.studies.worker.runner import OpenRuns, ProcessHooks, run_slice
from webapp.studies.worker.stopping import stopping
from webapp.workers.process import this_process

RUNS = OpenRuns()
"""The open runs of this pool process."""
HANGS = 70
"""Exit status of a pool process whose engine hangs."""
HOOKS = ProcessHooks(leaving=stopping.is_set, abandon=lambda: os._exit(HANGS))


@shared_task(name=ADVANCE, bind=True)
def advance(self: Any, study_id: str) -> None:
    """Give the next study in the queue a turn. `study_id` is the study that sent the wake-up, not always the next."""
    worker = Worker.objects.filter(name=self.request.hostname)
    RUNS.close_inactive()
    for waiting in runnable():
        if stopping.is_set():
            return
        with about(waiting):
            lease = services.claim(waiting, this_process())
            if lease is None:
                continue
            worker.update(study=waiting)
            try:
                run_slice(lease, run_engine, RUNS, HOOKS)
            finally:
                worker.update(study=None)
        return


def run_engine(*args: Any, **options: Any) -> Iterator[Event | Commit]:
    from engine.study import run  # loads torch, in the pool's process only

    return run(*args, **options)


@shared_task(name="webapp.studies.calibrate")
def calibrate(worker: str) -> None:
    """Measure this server's speed for the time estimates, and its device for the jobs panel."""
    from engine.training.calibrate import device_name, measure

    Worker.objects.filter(name=worker).update(device=device_name()[:60], macs_per_second=measure())
