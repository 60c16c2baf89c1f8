"""The Celery task that answers what waits."""

from __future__ import annotations

from celery import shared_task
from django.conf import settings

from engine.inspection.request import NO_SAMPLE
from webapp.inspections import files, services
from webapp.inspections.bench import Bench, CannotAnswer
from webapp.inspections.models import Inspection
from webapp.inspections.worker import leaving
from webapp.logs import about
from webapp.workers.process import this_process
from webapp.workers.single_flight import Slot

BENCH = Bench()
"""The open study of this process."""
SLOT = Slot()
"""Beside it the worker looks after data sets, however many questions there are."""


@shared_task(name=services.WORK)
def work(inspection_id: str) -> None:
    """Answer what waits, until this worker leaves. The id says who asked."""
    SLOT.work_off(lambda: not leaving.is_set() and services.next_waiting(None) is not None, _answer_next)


def _answer_next() -> None:
    """Of the open study for a turn, where one about it waits; else the one that waits longest."""
    preferred = BENCH.study_id if BENCH.open_for < settings.INSPECTION_TURN_SECONDS else None
    waiting = services.next_waiting(preferred)
    held = services.claim(waiting, this_process()) if waiting else None
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
    except OSError as error:  # its disk is full, say
        services.fail(held, f"the server could not work on it: {error.strerror or error}; ask again later")
    except BaseException:
        services.put_back(held)
        raise
