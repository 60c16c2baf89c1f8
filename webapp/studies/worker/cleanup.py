"""The worker's clean-up of rows, checkpoints and folders. It may be slow, so it runs in its own thread."""

from __future__ import annotations

import logging
import shutil
from uuid import UUID

from django.contrib.sessions.backends.db import SessionStore

from webapp.studies import services
from webapp.studies.files import workdir
from webapp.studies.models import Worker
from webapp.studies.worker import file_retention
from webapp.workers.periodic import GARBAGE_EVERY, ROWS_EVERY, Interval, run_all

log = logging.getLogger(__name__)


class CleanUp:
    """The clean-up jobs, each with its own interval."""

    def __init__(self) -> None:
        self.garbage = Interval(GARBAGE_EVERY)
        self.orphans = Interval(GARBAGE_EVERY, at_once=True)  # at the start the database is known
        self.rows = Interval(ROWS_EVERY, at_once=True)  # a worker may be started anew more often than that
        self.collected = False

    def turn(self) -> None:
        jobs = [lambda: services.purge(remove_folder)]
        if self.orphans.due():
            jobs.append(remove_orphans)
        if self.garbage.due():
            jobs += [services.delete_old_launches, self.collect]
        if self.rows.due():
            jobs += [delete_old_workers, SessionStore.clear_expired]
        run_all(jobs, log)

    def collect(self) -> None:
        """Clean the folder of every study once; later only those of studies that may have left new files."""
        file_retention.collect(again=self.collected)
        self.collected = True


def delete_old_workers() -> None:
    Worker.objects.long_gone().delete()


def remove_orphans() -> None:
    file_retention.remove_orphan_folders()


def remove_folder(study_id: UUID) -> None:
    shutil.rmtree(workdir(study_id), ignore_errors=True)
