"""The Celery task of exports."""

from __future__ import annotations

from celery import shared_task

from webapp.exports import files, services
from webapp.exports.engine_process import NotMade, make
from webapp.exports.models import Export
from webapp.exports.worker import leaving
from webapp.logs import about
from webapp.studies.files import workdir
from webapp.workers.process import this_process
from webapp.workers.single_flight import SingleFlight

SINGLE_FLIGHT = SingleFlight()
"""Keeps one thread for exports, so that the worker's others stay free for data sets and inspections."""


@shared_task(name=services.WORK)
def work(export_id: str) -> None:
    """Make all waiting exports until the worker shuts down. The id is the one that sent the wake-up."""
    SINGLE_FLIGHT.drain(lambda: not leaving.is_set() and services.next_waiting() is not None, _make_next)


def _make_next() -> None:
    waiting = services.next_waiting()
    held = services.claim(waiting, this_process()) if waiting else None
    if held is not None:
        with about(held.study_id):
            _make(held)


def _make(held: Export) -> None:
    folder = files.folder(held.study_id, held.id)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        name = files.name_of(held.study, held.to)
        services.finish(held, make(workdir(held.study_id) / "result", held.to, folder / name))
    except NotMade as problem:
        services.fail(held, str(problem), problem.report)
    except OSError as error:  # e.g. a full disk
        services.fail(held, f"the server could not work on it: {error.strerror or error}; ask again later")
    except BaseException:
        services.requeue(held)
        raise
