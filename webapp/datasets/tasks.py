"""The Celery task of the data worker: downloads and checks waiting data sets."""

from __future__ import annotations

import logging
import shutil
import time
from pathlib import Path
from typing import Any

from celery import shared_task
from django.conf import settings
from django.db import InterfaceError, OperationalError

from engine.config.catalog import CATALOG
from engine.data.files.download import fetch
from engine.errors import DataError
from webapp.datasets import files, services
from webapp.datasets.lease import renewing
from webapp.datasets.models import Dataset, Source, Task
from webapp.datasets.sandbox import CheckFailed, check
from webapp.datasets.worker import leaving
from webapp.workers.process import this_process
from webapp.workers.single_flight import SingleFlight

log = logging.getLogger(__name__)
PROGRESS_SECONDS = 0.5
SINGLE_FLIGHT = SingleFlight()
"""Keeps one thread for data sets, so that the worker's other thread stays free for inspections."""


@shared_task(name=services.WORK)
def work(dataset_id: str) -> None:
    """Work on all waiting data sets until the worker shuts down. `dataset_id` is the one that sent the wake-up."""
    SINGLE_FLIGHT.drain(lambda: not leaving.is_set() and bool(services.waiting()), _work_on_all)


def _work_on_all() -> None:
    for waiting in services.waiting():
        if leaving.is_set():
            return
        held = services.claim(waiting, this_process())
        if held is None:
            continue
        try:
            with renewing(held):
                _work(held)
        except services.LeaseLost as lost:
            log.warning("%s; leaving it to its new holder", lost)
        except BaseException as error:
            _requeue(held, not_counted=isinstance(error, (OperationalError, InterfaceError, SystemExit)))
            raise


def _requeue(held: Dataset, *, not_counted: bool) -> None:
    """`not_counted`: the database failed or the worker shuts down, so the attempt does not count."""
    try:
        if not_counted:
            services.discount_attempt(held.holder)
        services.requeue(held.id, held.holder)
    except (OperationalError, InterfaceError) as error:  # its lease expires by itself
        log.warning("data set %s is queued later: the database is unavailable (%s)", held.id, str(error).strip())


def _work(dataset: Dataset) -> None:
    draft = files.draft_folder(dataset.id)
    shutil.rmtree(draft, ignore_errors=True)
    try:
        if dataset.task == Task.FETCH:
            _fetch(dataset)
        report = _check(dataset, draft)
    except (CheckFailed, DataError) as problem:
        services.refuse(dataset, str(problem))
        shutil.rmtree(draft, ignore_errors=True)
    else:
        files.publish(draft, services.accept(dataset, report).id)  # another version's id where the content has changed


def _check(dataset: Dataset, preview: Path) -> dict[str, Any]:
    def stage(name: str) -> None:
        dataset.stage = name
        services.renew(dataset.id, dataset.holder, stage=name)

    root: Path = settings.DATA_ROOT
    arguments = [str(root / dataset.location)]
    if dataset.source == Source.BUILTIN:
        arguments = ["--dataset", dataset.dataset, str(root)]
    report = check(arguments, preview, stage)
    if report["dataset"] is None:
        raise CheckFailed("this is one recording; a data set needs class folders of recordings")
    return report


def _fetch(dataset: Dataset) -> None:
    """Download missing files from the official URLs. Raises DataError."""
    if dataset.dataset not in CATALOG:
        raise DataError(f"data set {dataset.dataset!r} is not registered here")
    info = CATALOG[dataset.dataset]
    if not info.sources:
        raise DataError(f"{info.title} has no direct URL: put {info.by_hand} into {settings.DATA_ROOT / info.name}")
    before = 0
    whole = sum(source.size for source in info.sources)
    services.renew(dataset.id, dataset.holder, stage="download", received=0, size=whole)
    said = time.monotonic()

    def progress(done: int, _: int) -> None:
        nonlocal said
        if time.monotonic() - said > PROGRESS_SECONDS:
            said = time.monotonic()
            services.renew(dataset.id, dataset.holder, received=min(whole, before + done))

    for source in info.sources:
        if not (settings.DATA_ROOT / info.name / source.file).exists():
            fetch(source, settings.DATA_ROOT / info.name, progress)
        before += source.size
