"""The main process of a worker of studies: heartbeat, reaper, clean-up, calibration."""

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
from webapp.studies.worker.cleanup import CleanUp
from webapp.studies.worker.reaper import Reaper, release_leases
from webapp.studies.worker.stopping import stopping
from webapp.workers import process_memory
from webapp.workers.parent_death import end_with_parent
from webapp.workers.periodic import run_all, run_periodically
from webapp.workers.process import end_at_once

log = logging.getLogger(__name__)
DYING_SECONDS = 1.0
_over = threading.Event()


@worker_ready.connect
def start(sender: Any, **_: Any) -> None:
    """Start the reaper and the clean-up. A worker that serves other queues, such as data sets, has neither."""
    if QUEUE not in sender.app.amqp.queues.consume_from:
        return
    threading.Thread(target=_run_jobs, args=(sender.hostname,), name="reaper", daemon=True).start()
    threading.Thread(target=_run_cleanup, name="clean-up", daemon=True).start()


@worker_process_init.connect
def tie(**_: Any) -> None:
    """End a pool process with its worker: the restarted worker takes the study over at once."""
    end_with_parent()


@worker_shutting_down.connect
def stop(**_: Any) -> None:
    stopping.set()
    _over.set()
    timer = threading.Timer(settings.LEAVE_SECONDS, leave_now)
    timer.daemon = True
    timer.start()


def leave_now() -> None:
    """End the worker after LEAVE_SECONDS, even where its study hangs in the middle of a batch.

    Only processes of the pool are killed here. A process that a pool of threads started ends together with this one:
    if it were killed earlier, its thread would take that for a failed check and refuse the data set.
    """
    log.error("its work did not end within %.0f s of SIGTERM; ending without it", settings.LEAVE_SECONDS)
    pool = [child.pid for child in active_children() if child.pid]
    end_at_once(pool, DYING_SECONDS)
    with contextlib.suppress(Exception):  # without the database the lease expires by itself
        release_leases(pool)
    os._exit(0)


def _run_jobs(name: str) -> None:
    reaper: Reaper | None = None
    calibrated = False

    def turn() -> None:
        nonlocal reaper, calibrated
        reaper = reaper or Reaper(_oom_kills_seen(name))
        run_all([reaper.look, lambda: send_heartbeat(name)], log)
        if not calibrated:
            _ask_for_calibration(name)
            calibrated = True

    run_periodically(turn, _over, "reaper", log)


def _run_cleanup() -> None:
    """Clean up in this thread, so that heartbeat and reaper never wait for it."""
    run_periodically(CleanUp().turn, _over, "clean-up", log)


def _oom_kills_seen(name: str) -> int | None:
    """The count an earlier worker of this name stored: the kernel may have killed that worker and its study."""
    seen = Worker.objects.filter(name=name, host=socket.gethostname()).values_list("oom_kills", flat=True).first()
    return process_memory.oom_kills() if seen is None else seen


def send_heartbeat(name: str) -> None:
    """Store this worker's heartbeat by the database's clock."""
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
