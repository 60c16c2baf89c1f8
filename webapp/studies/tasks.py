"""The Celery tasks. A task is a wake-up: it looks at the study's row and does what is due."""

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
from webapp.studies.worker.runner import Around, OpenRuns, run_slice
from webapp.studies.worker.stopping import stopping
from webapp.workers.process import this_process

RUNS = OpenRuns()
"""The open runs of this pool process."""
HANGS = 70
"""Exit status of a pool process whose engine does not come back."""
AROUND = Around(leaving=stopping.is_set, abandon=lambda: os._exit(HANGS))


@shared_task(name=ADVANCE, bind=True)
def advance(self: Any, study_id: str) -> None:
    """Work on one study for a slice of time. `study_id` says which one asked; the turn is that of whoever had least."""
    worker = Worker.objects.filter(name=self.request.hostname)
    RUNS.let_go_of_the_rest()
    for waiting in runnable():
        if stopping.is_set():
            return
        with about(waiting):
            lease = services.claim(waiting, this_process())
            if lease is None:
                continue
            worker.update(study=waiting)
            try:
                run_slice(lease, run_engine, RUNS, AROUND)
            finally:
                worker.update(study=None)
        return


def run_engine(*args: Any, **options: Any) -> Iterator[Event | Commit]:
    from engine.study import run  # torch is loaded here, in the pool's process, and nowhere else

    return run(*args, **options)


@shared_task(name="webapp.studies.calibrate")
def calibrate(worker: str) -> None:
    """Measure this server's speed once, for the estimates on the form, and tell the jobs panel what it runs on."""
    from engine.cost.calibrate import device_name, measure

    Worker.objects.filter(name=worker).update(device=device_name()[:60], macs_per_second=measure())
