"""What the worker's main process does besides: heartbeat, reaper, tidying, calibration. It never loads torch."""

from __future__ import annotations

import contextlib
import logging
import os
import socket
import threading
from typing import Any

from billiard import active_children
from celery import current_app
from celery.signals import worker_process_init, worker_ready, worker_shutting_down
from celery.utils.nodenames import worker_direct
from django.conf import settings
from django.db.models.functions import Now

from webapp.broker.client import QUEUE
from webapp.studies.models import Worker
from webapp.studies.worker.cleanup import Tidying
from webapp.studies.worker.reaper import Reaper, let_go
from webapp.studies.worker.stopping import stopping
from webapp.workers import process_memory
from webapp.workers.parent_death import end_with_parent
from webapp.workers.periodic import do_all, keep_house
from webapp.workers.process import end_at_once

log = logging.getLogger(__name__)
DYING_SECONDS = 1.0
_over = threading.Event()


@worker_ready.connect
def start(sender: Any, **_: Any) -> None:
    """Begin to beat; the first look also frees what died with an earlier worker. Not in the worker of data sets."""
    if QUEUE not in sender.app.amqp.queues.consume_from:
        return
    threading.Thread(target=_keep_house, args=(sender.hostname,), name="reaper", daemon=True).start()
    threading.Thread(target=_keep_tidy, name="tidying", daemon=True).start()


@worker_process_init.connect
def tie(**_: Any) -> None:
    """A pool process must not go on with a study whose worker was killed: its successor starts at once."""
    end_with_parent()


@worker_shutting_down.connect
def stop(**_: Any) -> None:
    stopping.set()
    _over.set()
    timer = threading.Timer(settings.LEAVE_SECONDS, leave_now)
    timer.daemon = True
    timer.start()


def leave_now() -> None:
    """A worker told to end is gone in time, even where its study hangs in the middle of a batch.

    Only its pool's processes are ended here. What a pool of threads has started ends with this process; were it ended
    earlier, its thread would take that for an answer: a data set refused.
    """
    log.error("its work did not end within %.0f s of SIGTERM; ending without it", settings.LEAVE_SECONDS)
    pool = [child.pid for child in active_children() if child.pid]
    end_at_once(pool, DYING_SECONDS)
    with contextlib.suppress(Exception):  # whatever the database says, the end must come; its lease runs out anyway
        let_go(pool)
    os._exit(0)


def _keep_house(name: str) -> None:
    reaper: Reaper | None = None
    calibrated = False

    def turn() -> None:
        nonlocal reaper, calibrated
        reaper = reaper or Reaper(_oom_kills_seen(name))
        do_all([reaper.look, lambda: beat(name)], log)
        if not calibrated:
            _ask_for_calibration(name)
            calibrated = True

    keep_house(turn, _over, "reaper", log)


def _keep_tidy() -> None:
    """However long it takes, others hear that this worker lives, and what died is freed."""
    keep_house(Tidying().turn, _over, "tidying", log)


def _oom_kills_seen(name: str) -> int | None:
    """What an earlier worker of this name last saw: it may have been killed together with its study."""
    seen = Worker.objects.filter(name=name, host=socket.gethostname()).values_list("oom_kills", flat=True).first()
    return process_memory.oom_kills() if seen is None else seen


def beat(name: str) -> None:
    """Say that this worker lives, by the database's clock."""
    now: dict[str, Any] = {
        "heartbeat": Now(),
        "host": socket.gethostname(),
        "pid": os.getpid(),
        "memory": process_memory.resident(os.getpid()),
        "oom_kills": process_memory.oom_kills(),
    }
    Worker.objects.update_or_create(name=name, defaults=now, create_defaults={**now, "started": Now()})


def _ask_for_calibration(name: str) -> None:
    current_app.send_task("webapp.studies.calibrate", args=[name], queue=worker_direct(name).name, retry=False)
