"""The Celery task that answers what waits."""

from __future__ import annotations

import time

from celery import shared_task
from django.conf import settings

from engine.inspection.request import NO_SAMPLE
from webapp.inspections import files, services
from webapp.inspections.bench import Bench, CannotAnswer
from webapp.inspections.models import Inspection
from webapp.logs import about
from webapp.process import this_process
from webapp.wake import wake_after_commit

BENCH = Bench()
"""The open study of this pool process."""


@shared_task(name=services.WORK)
def work(inspection_id: str) -> None:
    """Answer what waits, for a turn, so that other work of this queue waits not for long. The id says who asked."""
    until = time.monotonic() + settings.INSPECTION_TURN_SECONDS
    while (waiting := services.next_waiting(BENCH.study_id)) is not None:
        if time.monotonic() > until:
            wake_after_commit(services.WORK, waiting)
            return
        held = services.claim(waiting, this_process())
        if held is not None:
            with about(held.study_id):
                _answer(held)


def _answer(held: Inspection) -> None:
    asked = {key: getattr(held, key) for key in ("kind", "architecture", "weights", "split")}
    asked |= {} if held.sample == NO_SAMPLE else {"sample": held.sample}
    output = files.data_file(held.study_id, held.id)
    try:
        services.finish(held, BENCH.answer(held.study_id, asked, output))
    except CannotAnswer as problem:
        services.fail(held, str(problem))
    except BaseException:
        services.put_back(held)
        raise
