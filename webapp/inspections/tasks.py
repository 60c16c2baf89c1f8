"""The Celery task of inspections."""

from __future__ import annotations

from celery import shared_task
from django.conf import settings

from engine.inspection.request import NO_SAMPLE
from webapp.inspections import files, services
from webapp.inspections.engine_process import CannotAnswer, EngineProcess
from webapp.inspections.models import Inspection
from webapp.inspections.worker import leaving
from webapp.logs import about
from webapp.workers.process import this_process
from webapp.workers.single_flight import SingleFlight

ENGINE = EngineProcess()
"""The engine process of this worker, with its open study."""
SINGLE_FLIGHT = SingleFlight()
"""Keeps one thread for inspections, so that the worker's other thread stays free for data sets."""


@shared_task(name=services.WORK)
def work(inspection_id: str) -> None:
    """Answer all waiting inspections until the worker shuts down. The id is the one that sent the wake-up."""
    SINGLE_FLIGHT.drain(lambda: not leaving.is_set() and services.next_waiting(None) is not None, _answer_next)


def _answer_next() -> None:
    """Answer the longest waiting inspection; for INSPECTION_TURN_SECONDS, those of the open study go first."""
    preferred = ENGINE.study_id if ENGINE.open_for < settings.INSPECTION_TURN_SECONDS else None
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
        services.finish(held, ENGINE.answer(held.study_id, asked, output))
    except CannotAnswer as problem:
        services.fail(held, str(problem))
    except OSError as error:  # e.g. a full disk
        services.fail(held, f"the server could not work on it: {error.strerror or error}; ask again later")
    except BaseException:
        services.requeue(held)
        raise
