"""Lets the engine work on one study for a slice of time, and stores each of its steps."""

from __future__ import annotations

import contextlib
import errno
import logging
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, cast
from uuid import UUID

from django.conf import settings
from django.db import InterfaceError, OperationalError, connection

from engine.config.parse import parse_config
from engine.errors import CheckpointError, EngineError, OutOfDiskError
from engine.events import CandidateEvaluated, Commit, Event, Progress, Resume, is_durable, to_wire
from engine.run.control import Control, Ending
from webapp.studies import services
from webapp.studies.files import make_folder, workdir
from webapp.studies.models import Checkpoint, State, Study
from webapp.studies.services import Lease, LeaseLost, announce
from webapp.studies.worker.disk_full import FULL, is_full
from webapp.studies.worker.heartbeat import Heart, Pulse
from webapp.studies.worker.progress import Forecast
from webapp.studies.worker.retry import patiently

log = logging.getLogger(__name__)
NO_ROOM = (errno.ENOSPC, errno.EDQUOT)
PROVISIONAL_SECONDS = 0.25
OPEN_RUNS = 3

Engine = Callable[..., Iterator[Event | Commit]]


@dataclass
class OpenRun:
    """An engine at work, after a checkpoint; `known` is how many of its events to come are stored already."""

    items: Iterator[Event | Commit]
    control: Control
    checkpoint: str
    """Its SHA-256; "" at the beginning. Steps follow the clock, so their numbers name no place in a run."""
    known: int


@dataclass(frozen=True)
class Around:
    """The process around a slice: whether it is about to end, and how it is ended where the engine hangs."""

    leaving: Callable[[], bool]
    abandon: Callable[[], None]


ALONE = Around(leaving=lambda: False, abandon=lambda: None)


class OpenRuns:
    """The runs this process keeps open between slices, so that a slice costs no reload; the oldest makes room."""

    def __init__(self) -> None:
        self._runs: OrderedDict[UUID, OpenRun] = OrderedDict()

    def take(self, study_id: UUID, checkpoint: str) -> OpenRun | None:
        """The open run, if the study's newest checkpoint is the one it made."""
        run = self._runs.pop(study_id, None)
        if run is not None and run.checkpoint != checkpoint:
            _close(run)
            return None
        return run

    def let_go_of_the_rest(self) -> None:
        """Close the runs of studies that were paused or have ended meanwhile: a run holds its data and networks."""
        running = Study.objects.filter(id__in=self._runs, state=State.RUNNING).values_list("id", flat=True)
        for study_id in self._runs.keys() - set(running):
            _close(self._runs.pop(study_id))

    def keep(self, study_id: UUID, run: OpenRun) -> None:
        self._runs[study_id] = run
        while len(self._runs) > OPEN_RUNS:
            _close(self._runs.popitem(last=False)[1])


class Slice:
    """One turn of one study under one lease."""

    def __init__(self, study: Study, lease: Lease, engine: Engine, around: Around) -> None:
        self.study = study
        self.lease = lease
        self.engine = engine
        self.around = around
        self.config = parse_config(study.config)
        self.forecast = Forecast(self.config, study.compute_seconds, study.progress)
        self.pulse = Pulse()
        self.heart = Heart(lease, self.pulse, around.abandon)
        self.heart.ending = study.ending
        self.pending: list[dict[str, Any]] = []
        self.announced = 0.0
        self.leaving_since: float | None = None
        self.committed = self.began = time.monotonic()

    def run(self, runs: OpenRuns) -> None:
        """Work until the slice is over, the study ends, or the user asks otherwise. Raises what the engine raises."""
        self.heart.start()
        try:
            run = self._open(runs)
            try:
                end = self._work(run)
            except BaseException:
                _close(run)
                raise
        finally:
            self.heart.stop()
        seconds = time.monotonic() - self.began
        if end == "turn":
            runs.keep(self.study.id, run)
            patiently(lambda: services.give_turn(self.lease, seconds))
            return
        _close(run)
        if end == "leave":
            patiently(lambda: services.give_turn(self.lease, seconds))
        elif end in ("pause", "cancel"):
            patiently(lambda: services.obey(self.lease, end))

    def _open(self, runs: OpenRuns) -> OpenRun:
        newest = Checkpoint.objects.filter(study_id=self.study.id).order_by("-step").first()
        ahead = services.engine_events(self.study.id) - (newest.events if newest else 0)
        if run := runs.take(self.study.id, newest.sha256 if newest else ""):
            run.known = ahead
            return run
        control = Control()
        if newest is None:
            return OpenRun(self._start(None, control), control, "", ahead)
        resume = Resume(newest.path, newest.sha256, newest.step)
        log.info("going on from step %d", newest.step)
        return OpenRun(self._start(resume, control), control, newest.sha256, ahead)

    def _start(self, resume: Resume | None, control: Control) -> Iterator[Event | Commit]:
        path = workdir(self.study.id)
        make_folder(path)
        return self.engine(
            self.config, path, data_root=settings.DATA_ROOT, attempt=self.lease.fence, resume=resume, control=control
        )

    def _work(self, run: OpenRun) -> str:
        self._tell(run.control)
        for item in run.items:
            self.pulse.moved()
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
            if end := self._at_once():
                return end
            self._tell(run.control)
        raise EngineError("the run ended without a result")

    def _tell(self, control: Control) -> None:
        """Hand the user's wishes, and this worker's own, on to the engine."""
        if self.leaving_since is None and self.around.leaving():
            self.leaving_since = time.monotonic()
        control.hurry = bool(self.heart.request) or self.leaving_since is not None
        control.ending = cast(Ending, self.heart.ending)

    def _at_once(self) -> str:
        """A cancel waits for nothing; a pause or a shutdown some seconds for the next checkpoint."""
        if self.heart.request == "cancel":
            return "cancel"
        if self.heart.request and self.heart.asked_for > settings.OBEY_SECONDS:
            return self.heart.request
        if self.leaving_since is not None and time.monotonic() - self.leaving_since > settings.OBEY_SECONDS:
            return "leave"
        return ""

    def _end_of_step(self) -> str:
        if self.heart.request:
            return self.heart.request
        if self.around.leaving():
            return "leave"
        return "turn" if time.monotonic() - self.began >= settings.SLICE_SECONDS else ""

    def _commit(self, run: OpenRun, commit: Commit) -> None:
        skipped = min(run.known, len(self.pending))
        run.known -= skipped
        now = time.monotonic()
        asked = patiently(
            lambda: services.commit_step(
                self.lease,
                self.pending[skipped:],
                commit,
                ahead=run.known,
                seconds=now - self.committed,
                progress=self.forecast.done,
            )
        )
        run.checkpoint, self.pending, self.committed = commit.sha256, [], now
        self.heart.hear(*asked)

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


def run_slice(lease: Lease, engine: Engine, runs: OpenRuns, around: Around = ALONE) -> None:
    """Work on a claimed study for a slice. Whatever goes wrong ends in the study's row or in the log."""
    try:
        study = Study.objects.get(id=lease.study_id)
        Slice(study, lease, engine, around).run(runs)
    except LeaseLost:
        log.warning("lease %d lost: stopping, nothing written", lease.fence)
        with contextlib.suppress(LeaseLost, OperationalError, InterfaceError):
            services.give_turn(lease)  # where it only could not be renewed, nobody need wait for it to run out
    except (OperationalError, InterfaceError) as error:
        connection.close()
        _leave_to_the_database(lease, error)
    except Exception as error:
        _settle_patiently(lease, error)


def _leave_to_the_database(lease: Lease, error: Exception) -> None:
    """Whatever keeps the database from storing a step is no failure of the study's, where that can still be stored."""
    endings: list[Callable[[], None]] = [lambda: services.give_turn(lease)]
    if is_full(error):
        endings = [lambda: services.wait_for_disk(lease, FULL), lambda: services.step_aside(lease)]
    log.error("the database did not store a step: %s", str(error).strip())
    for end in endings:
        try:
            end()
        except LeaseLost:
            return
        except (OperationalError, InterfaceError) as still:
            connection.close()
            log.error("nor the end of the turn (%s)", str(still).strip())
        else:
            return
    log.error("the study is freed when its lease runs out")


def _settle_patiently(lease: Lease, error: Exception) -> None:
    try:
        patiently(lambda: _settle(lease, error))
    except LeaseLost:
        log.warning("lease %d lost before it was stored: %s", lease.fence, error)


def _settle(lease: Lease, error: Exception) -> None:
    """Leave the study as the error demands."""
    if isinstance(error, CheckpointError):
        log.warning("the newest checkpoint is unusable (%s); falling back to the one before", error)
        services.fall_back(lease, str(error), error.code)
    elif isinstance(error, OutOfDiskError) or (isinstance(error, OSError) and error.errno in NO_ROOM):
        log.error("paused: %s", error)
        services.wait_for_disk(lease, str(error))
    elif isinstance(error, EngineError):
        log.error("failed: %s", error)
        services.fail(lease, str(error), error.code)
    else:
        log.error("failed unexpectedly", exc_info=error)
        services.fail(lease, f"{type(error).__name__}: {str(error)[:300]}")


def _close(run: OpenRun) -> None:
    close = getattr(run.items, "close", None)
    if close is not None:
        close()
