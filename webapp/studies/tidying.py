"""What a worker throws away beside its work. It may take its time, so it has a thread of its own."""

from __future__ import annotations

import logging
import shutil
from uuid import UUID

from webapp.housekeeping import GARBAGE_EVERY, Seldom, do_all
from webapp.studies import garbage, services
from webapp.studies.files import workdir

log = logging.getLogger(__name__)


class Tidying:
    """One turn after another; remembers when it last did what is done seldom."""

    def __init__(self) -> None:
        self.garbage = Seldom(GARBAGE_EVERY)
        self.orphans = Seldom(GARBAGE_EVERY, at_once=True)  # a database used for minutes is known to have been there
        self.collected = False

    def turn(self) -> None:
        duties = [lambda: services.purge(remove_folder)]
        if self.orphans.due():
            duties.append(remove_orphans)
        if self.garbage.due():
            duties += [services.forget_launches, self.collect]
        do_all(duties, log)

    def collect(self) -> None:
        """Of every study once, for nobody may have done it when some ended; then of those that may have left more."""
        garbage.collect(again=self.collected)
        self.collected = True


def remove_orphans() -> None:
    garbage.remove_gone()


def remove_folder(study_id: UUID) -> None:
    shutil.rmtree(workdir(study_id), ignore_errors=True)
