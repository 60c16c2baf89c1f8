"""What a worker throws away beside its work. It may take its time, so it has a thread of its own."""

from __future__ import annotations

import logging
import shutil
from uuid import UUID

from django.contrib.sessions.backends.db import SessionStore

from webapp.studies import services
from webapp.studies.files import workdir
from webapp.studies.models import Worker
from webapp.studies.worker import file_retention
from webapp.workers.periodic import GARBAGE_EVERY, ROWS_EVERY, Seldom, do_all

log = logging.getLogger(__name__)


class Tidying:
    """One turn after another; remembers when it last did what is done seldom."""

    def __init__(self) -> None:
        self.garbage = Seldom(GARBAGE_EVERY)
        self.orphans = Seldom(GARBAGE_EVERY, at_once=True)  # a database used for minutes is known to have been there
        self.rows = Seldom(ROWS_EVERY, at_once=True)  # a worker may be started anew more often than that
        self.collected = False

    def turn(self) -> None:
        duties = [lambda: services.purge(remove_folder)]
        if self.orphans.due():
            duties.append(remove_orphans)
        if self.garbage.due():
            duties += [services.forget_launches, self.collect]
        if self.rows.due():
            duties += [forget_workers, SessionStore.clear_expired]
        do_all(duties, log)

    def collect(self) -> None:
        """Of every study once, for nobody may have done it when some ended; then of those that may have left more."""
        file_retention.collect(again=self.collected)
        self.collected = True


def forget_workers() -> None:
    Worker.objects.long_gone().delete()


def remove_orphans() -> None:
    file_retention.remove_gone()


def remove_folder(study_id: UUID) -> None:
    shutil.rmtree(workdir(study_id), ignore_errors=True)
