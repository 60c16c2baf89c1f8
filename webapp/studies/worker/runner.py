"""Runs the engine on one study for a slice of time, and stores each step."""

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

from engine.config.parse import parse_stored
from engine.errors import CheckpointError, EngineError, OutOfDiskError
from engine.events import CandidateEvaluated, Commit, Event, Progress, Resume, is_durable, to_wire
from engine.run.control import Control, Ending
from webapp.studies import services
from webapp.studies.files import make_folder, workdir
from webapp.studies.models import Checkpoint, State, Study
from webapp.studies.services import Lease, LeaseLost, announce
from webapp.studies.worker.disk_full import FULL, is_full
from webapp.studies.worker.heartbeat import LeaseKeeper, StallDetector
from webapp.studies.worker.progress import Forecast
from webapp.studies.worker.retry import retry_while_unavailable

log = logging.getLogger(__name__)
DISK_FULL_ERRNOS = (errno.ENOSPC, errno.EDQUOT)
PROVISIONAL_SECONDS = 0.25
OPEN_RUNS = 3

Engine = Callable[..., Iterator[Event | Commit]]


@dataclass
class OpenRun:
    """A running engine after a checkpoint. The next `known` events it yields are stored already."""

    items: Iterator[Event | Commit]
    control: Control
    checkpoint: str
    """Its SHA-256; "" at the beginning. Step numbers follow the clock, so they do not identify a place in a run."""
    known: int


@dataclass(frozen=True)
class ProcessHooks:
    """Hooks into the process: `leaving` says whether it is shutting down, `abandon` ends it where the engine hangs."""

    leaving: Callable[[], bool]
    abandon: Callable[[], None]


NO_HOOKS = ProcessHooks(leaving=lambda: False, abandon=lambda: None)


class OpenRuns:
    """The runs this process keeps open between slices, so that a slice needs no reload. The oldest is evicted."""

    def __init__(self) -> None:
        self._runs: OrderedDict[UUID, OpenRun] = OrderedDict()

    def take(self, study_id: UUID, checkpoint: str) -> OpenRun | None:
        """The open run, if it wrote the study's newest checkpoint."""
        run = self._runs.pop(study_id, None)
        if run is not None and run.checkpoint != checkpoint:
            _close(run)
            return None
        return run

    def close_inactive(self) -> None:
        """Close the runs of studies that are no longer running: an open run holds data and networks in memory."""
        running = Study.objects.filter(id__in=self._runs, state=State.RUNNING).values_list("id", flat=True)
        for study_id in self._runs.keys() - set(running):
            _close(self._runs.pop(study_id))

    def keep(self, study_id: UUID, run: OpenRun) -> None:
        self._runs[study_id] = run
        while len(self._runs) > OPEN_RUNS:
            _close(self._runs.popitem(last=False)[1])


class Slice:
    """One turn of one study under one lease."""

    def __init__(self, study: Study, lease: Lease, engine: Engine, hooks: ProcessHooks) -> None:
        self.study = study
        self.lease = lease
        self.engine = engine
        self.hooks = hooks
        self.config = parse_stored(study.config)
        self.forecast = Forecast(self.config, study.compute_seconds, study.progress)
        self.stall = StallDetector()
        self.keeper = LeaseKeeper(lease, self.stall, hooks.abandon)
        self.keeper.ending = study.ending
        self.pending: list[dict[str, Any]] = []
        self.announced = 0.0
        self.leaving_since: float | None = None
        self.committed = self.began = time.monotonic()

    def run(self, runs: OpenRuns) -> None:
        """Run until the slice is over, the study ends, or the user requests otherwise. Raises the engine's errors."""
        self.keeper.start()
        try:
            run = self._open(runs)
            try:
                end = self._work(run)
            except BaseException:
                _close(run)
                raise
        finally:
            self.keeper.stop()
        seconds = time.monotonic() - self.began
        if end == "turn":
            runs.keep(self.study.id, run)
            retry_while_unavailable(lambda: services.end_turn(self.lease, seconds))
            return
        _close(run)
        if end == "leave":
            retry_while_unavailable(lambda: services.end_turn(self.lease, seconds))
        elif end in ("pause", "cancel"):
            retry_while_unavailable(lambda: services.apply_request(self.lease, end))

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
        log.info("resuming from step %d", newest.step)
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
            self.stall.event_seen()
            if self.keeper.lost:
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
            if end := self._immediate_end():
                return end
            self._tell(run.control)
        raise EngineError("the run ended without a result")

    def _tell(self, control: Control) -> None:
        """Pass the user's requests and this worker's shutdown on to the engine."""
        if self.leaving_since is None and self.hooks.leaving():
            self.leaving_since = time.monotonic()
        control.hurry = bool(self.keeper.request) or self.leaving_since is not None
        control.ending = cast(Ending, self.keeper.ending)

    def _immediate_end(self) -> str:
        """The ending that is due now. A cancel is due at once, a pause or shutdown after REQUEST_WAIT_SECONDS."""
        if self.keeper.request == "cancel":
            return "cancel"
        if self.keeper.request and self.keeper.seconds_since_request > settings.REQUEST_WAIT_SECONDS:
            return self.keeper.request
        if self.leaving_since is not None and time.monotonic() - self.leaving_since > settings.REQUEST_WAIT_SECONDS:
            return "leave"
        return ""

    def _end_of_step(self) -> str:
        if self.keeper.request:
            return self.keeper.request
        if self.hooks.leaving():
            return "leave"
        return "turn" if time.monotonic() - self.began >= settings.SLICE_SECONDS else ""

    def _commit(self, run: OpenRun, commit: Commit) -> None:
        skipped = min(run.known, len(self.pending))
        run.known -= skipped
        now = time.monotonic()
        asked = retry_while_unavailable(
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
        self.keeper.note_request(*asked)

    def _provisional(self, event: Event) -> None:
        """Announce at most four progress events a second, and every evaluated candidate without its spike map."""
        if isinstance(event, Progress):
            self.keeper.progress = self.forecast.update(event, time.monotonic() - self.began)
            if time.monotonic() - self.announced < PROVISIONAL_SECONDS:
                return
            self.announced = time.monotonic()
        data = to_wire(event)
        if isinstance(event, CandidateEvaluated):
            del data["candidate"]["spike_map"]
        announce.provisional(self.study.id, data)


def run_slice(lease: Lease, engine: Engine, runs: OpenRuns, hooks: ProcessHooks = NO_HOOKS) -> None:
    """Run a claimed study for a slice. Every error ends in the study's row or in the log."""
    try:
        study = Study.objects.get(id=lease.study_id)
        Slice(study, lease, engine, hooks).run(runs)
    except LeaseLost:
        log.warning("lease %d lost: stopping, nothing written", lease.fence)
        with contextlib.suppress(LeaseLost, OperationalError, InterfaceError):
            services.end_turn(lease)  # if only the renewal failed, others need not wait until it expires
    except (OperationalError, InterfaceError) as error:
        connection.close()
        _end_after_database_error(lease, error)
    except Exception as error:
        _record_failure(lease, error)


def _end_after_database_error(lease: Lease, error: Exception) -> None:
    """End the turn without failing the study: the database did not store its step."""
    endings: list[Callable[[], None]] = [lambda: services.end_turn(lease)]
    if is_full(error):
        endings = [lambda: services.wait_for_disk(lease, FULL), lambda: services.end_turn_on_full_disk(lease)]
    log.error("the database did not store a step: %s", str(error).strip())
    for end in endings:
        try:
            end()
        except LeaseLost:
            return
        except (OperationalError, InterfaceError) as still:
            connection.close()
            log.error("the database did not store the end of the turn either: %s", str(still).strip())
        else:
            return
    log.error("the study is freed when its lease expires")


def _record_failure(lease: Lease, error: Exception) -> None:
    try:
        retry_while_unavailable(lambda: _store_failure(lease, error))
    except LeaseLost:
        log.warning("lease %d lost before the failure was stored: %s", lease.fence, error)


def _store_failure(lease: Lease, error: Exception) -> None:
    """Store the state that follows from the error: an earlier checkpoint, paused, or failed."""
    if isinstance(error, CheckpointError):
        log.warning("the newest checkpoint is unusable (%s); using the one before", error)
        services.drop_damaged_checkpoint(lease, str(error), error.code)
    elif isinstance(error, OutOfDiskError) or (isinstance(error, OSError) and error.errno in DISK_FULL_ERRNOS):
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
