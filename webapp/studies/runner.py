"""Lets the engine work on one study for a slice of time, and stores each of its steps."""

from __future__ import annotations

import logging
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection

from engine.config import parse_config
from engine.errors import CheckpointError, EngineError
from engine.events import CandidateEvaluated, Commit, Event, Progress, Resume, is_durable, to_wire
from webapp.studies import announce, services
from webapp.studies.files import workdir
from webapp.studies.models import Checkpoint, Study
from webapp.studies.progress import Forecast
from webapp.studies.services import Lease, LeaseLost

log = logging.getLogger(__name__)
PROVISIONAL_SECONDS = 0.25
OPEN_RUNS = 3

Engine = Callable[..., Iterator[Event | Commit]]


@dataclass
class OpenRun:
    """An engine at work. `step` is its last commit; `known` how many of its events to come are stored already."""

    items: Iterator[Event | Commit]
    step: int
    known: int = 0


class OpenRuns:
    """The runs this process keeps open between slices, so that a slice costs no reload; the oldest makes room."""

    def __init__(self) -> None:
        self._runs: OrderedDict[UUID, OpenRun] = OrderedDict()

    def take(self, study_id: UUID, step: int) -> OpenRun | None:
        """The open run, if the study's last stored step is the one it made."""
        run = self._runs.pop(study_id, None)
        if run is not None and run.step != step:
            _close(run)
            return None
        return run

    def keep(self, study_id: UUID, run: OpenRun) -> None:
        self._runs[study_id] = run
        while len(self._runs) > OPEN_RUNS:
            _close(self._runs.popitem(last=False)[1])


class Heart(threading.Thread):
    """Renews the lease from its own thread and database connection, and hears what the user asks for."""

    def __init__(self, lease: Lease) -> None:
        super().__init__(name=f"lease of {lease.study_id}", daemon=True)
        self.lease = lease
        self.request = ""
        self.lost = False
        self.progress: tuple[float, float | None] | None = None
        self._stop_event = threading.Event()

    def run(self) -> None:
        last = time.monotonic()
        while not self._stop_event.wait(settings.HEARTBEAT_SECONDS):
            try:
                self.request = services.beat(self.lease, *(self.progress or ()))
                last = time.monotonic()
            except LeaseLost:
                self.lost = True
            except Exception as error:  # the database may come back before the lease runs out
                log.warning("lease not renewed: %s: %s", type(error).__name__, error)
                self.lost = time.monotonic() - last > settings.GIVE_UP_SECONDS
            finally:
                connection.close()
            if self.lost:
                return

    def stop(self) -> None:
        self._stop_event.set()
        self.join()


class Slice:
    """One turn of one study under one lease."""

    def __init__(self, study: Study, lease: Lease, engine: Engine, leaving: Callable[[], bool]) -> None:
        self.study = study
        self.lease = lease
        self.engine = engine
        self.leaving = leaving
        self.config = parse_config(study.config)
        self.forecast = Forecast(self.config, study.compute_seconds, study.progress)
        self.heart = Heart(lease)
        self.pending: list[dict[str, Any]] = []
        self.announced = 0.0
        self.committed = self.began = time.monotonic()

    def run(self, runs: OpenRuns) -> None:
        """Work until the slice is over, the study ends, or the user asks otherwise. Raises what the engine raises."""
        self.heart.start()
        run = self._open(runs)
        try:
            end = self._work(run)
        except BaseException:
            _close(run)
            raise
        finally:
            self.heart.stop()
        if end == "turn":
            runs.keep(self.study.id, run)
            services.give_turn(self.lease)
            return
        _close(run)
        if end == "leave":
            services.give_turn(self.lease)
        elif end in ("pause", "cancel"):
            services.obey(self.lease, end)

    def _open(self, runs: OpenRuns) -> OpenRun:
        newest = Checkpoint.objects.filter(study_id=self.study.id).order_by("-step").first()
        step = newest.step if newest else 0
        if run := runs.take(self.study.id, step):
            return run
        stored = services.engine_events(self.study.id)
        if newest is None:
            return OpenRun(self._start(None), 0, stored)
        resume = Resume(newest.path, newest.sha256, newest.step)
        log.info("going on from step %d", newest.step)
        return OpenRun(self._start(resume), newest.step, stored - newest.events)

    def _start(self, resume: Resume | None) -> Iterator[Event | Commit]:
        path = workdir(self.study.id)
        path.mkdir(parents=True, exist_ok=True)
        return self.engine(self.config, path, data_root=settings.DATA_ROOT, attempt=self.lease.fence, resume=resume)

    def _work(self, run: OpenRun) -> str:
        for item in run.items:
            if self.heart.lost:
                raise LeaseLost
            if isinstance(item, Commit):
                self._commit(run, item)
                if item.phase == "done":
                    return "done"
                if end := self._end_of_step():
                    return end
            elif is_durable(item):
                self.pending.append(to_wire(item))
            else:
                self._provisional(item)
            if self.heart.request == "cancel":
                return "cancel"
            if self.leaving():
                return "leave"
        raise EngineError("the run ended without a result")

    def _end_of_step(self) -> str:
        if self.heart.request:
            return self.heart.request
        return "turn" if time.monotonic() - self.began >= settings.SLICE_SECONDS else ""

    def _commit(self, run: OpenRun, commit: Commit) -> None:
        skipped = min(run.known, len(self.pending))
        run.known -= skipped
        now = time.monotonic()
        services.commit_step(
            self.lease,
            self.pending[skipped:],
            commit,
            seconds=now - self.committed,
            progress=self.forecast.done,
        )
        run.step, self.pending, self.committed = commit.step, [], now

    def _provisional(self, event: Event) -> None:
        """Send at most four progress events a second; a judged candidate always goes out, without its map."""
        if isinstance(event, Progress):
            self.heart.progress = self.forecast.update(event, time.monotonic() - self.began)
            if time.monotonic() - self.announced < PROVISIONAL_SECONDS:
                return
            self.announced = time.monotonic()
        data = to_wire(event)
        if isinstance(event, CandidateEvaluated):
            del data["candidate"]["spike_map"]
        announce.provisional(self.study.id, data)


def run_slice(lease: Lease, engine: Engine, runs: OpenRuns, leaving: Callable[[], bool]) -> None:
    """Work on a claimed study for a slice. Whatever goes wrong ends in the study's row or in the log."""
    study = Study.objects.get(id=lease.study_id)
    try:
        Slice(study, lease, engine, leaving).run(runs)
    except LeaseLost:
        log.warning("lease %d lost: stopping, nothing written", lease.fence)
    except CheckpointError as error:
        _fall_back(lease, error)
    except EngineError as error:
        log.error("failed: %s", error)
        _fail(lease, str(error))
    except Exception as error:
        log.exception("failed unexpectedly")
        _fail(lease, f"{type(error).__name__}: {str(error)[:300]}")


def _fall_back(lease: Lease, error: CheckpointError) -> None:
    """Forget the newest checkpoint and let the next turn go on from the one before it."""
    newest = Checkpoint.objects.filter(study_id=lease.study_id).order_by("-step").first()
    if newest is None:
        _fail(lease, str(error))
        return
    log.warning("checkpoint of step %d is unusable (%s); falling back to the one before", newest.step, error)
    try:
        services.drop_checkpoint(lease, newest.step)
        services.give_turn(lease)
    except LeaseLost:
        log.warning("lease %d lost: stopping", lease.fence)


def _fail(lease: Lease, reason: str) -> None:
    try:
        services.fail(lease, reason)
    except LeaseLost:
        log.warning("lease %d lost before the failure was stored", lease.fence)


def _close(run: OpenRun) -> None:
    close = getattr(run.items, "close", None)
    if close is not None:
        close()
