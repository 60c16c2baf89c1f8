"""What the worker's main process does besides: heartbeat, reaper, calibration. It never loads torch."""

from __future__ import annotations

import logging
import os
import socket
import threading
from typing import Any

from celery import current_app
from celery.signals import worker_process_init, worker_ready, worker_shutting_down
from celery.utils.nodenames import worker_direct
from django.conf import settings
from django.db import connection
from django.db.models.functions import Now

from webapp.lifeline import end_with_parent
from webapp.process import is_dead_here
from webapp.redis_client import QUEUE, queue_length
from webapp.studies import services
from webapp.studies.models import State, Study, Worker
from webapp.studies.stopping import stopping
from webapp.studies.wake import wake

log = logging.getLogger(__name__)
_over = threading.Event()


@worker_ready.connect
def start(sender: Any, **_: Any) -> None:
    """Begin to beat; the first beat also frees what died with an earlier worker. Not in the worker of data sets."""
    if QUEUE not in sender.app.amqp.queues.consume_from:
        return
    threading.Thread(target=_keep_house, args=(sender.hostname,), name="reaper", daemon=True).start()


@worker_process_init.connect
def tie(**_: Any) -> None:
    """A pool process must not go on with a study whose worker was killed: its successor starts at once."""
    end_with_parent()


@worker_shutting_down.connect
def stop(**_: Any) -> None:
    stopping.set()
    _over.set()


def _keep_house(name: str) -> None:
    ask_for_calibration = True
    while True:
        try:
            beat(name)
            reap()
            if ask_for_calibration:
                _ask_for_calibration(name)
                ask_for_calibration = False
        except Exception as error:  # database or broker may be away for a while
            log.warning("reaper: %s: %s", type(error).__name__, error)
        finally:
            connection.close()
        if _over.wait(settings.REAPER_SECONDS):
            return


def beat(name: str) -> None:
    """Say that this worker lives, by the database's clock."""
    now: dict[str, Any] = {"heartbeat": Now(), "host": socket.gethostname(), "pid": os.getpid()}
    Worker.objects.update_or_create(name=name, defaults=now, create_defaults={**now, "started": Now()})


def reap() -> None:
    """Free studies whose holder died on this host, do what was asked of those, wake whoever waits unheard."""
    held = Study.objects.filter(state=State.RUNNING).exclude(holder="")
    for study_id, holder, fence in held.values_list("id", "holder", "fence"):
        if is_dead_here(holder) and services.expire_holder(study_id, fence):
            log.warning("study %s: its worker process %s is gone; freed", study_id, holder)
    services.settle_requests()
    waiting = services.runnable()
    for study_id in waiting[: max(0, len(waiting) - queue_length())]:
        wake(study_id)


def _ask_for_calibration(name: str) -> None:
    current_app.send_task("webapp.studies.calibrate", args=[name], queue=worker_direct(name).name, retry=False)
