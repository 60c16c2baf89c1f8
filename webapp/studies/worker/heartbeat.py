"""LeaseKeeper, the thread that renews a study's lease during a turn, and StallDetector, which notices a stall."""

from __future__ import annotations

import logging
import statistics
import threading
import time
from collections import deque
from collections.abc import Callable

from django.conf import settings
from django.db import connection

from webapp.studies import services
from webapp.studies.services import Lease, LeaseLost

log = logging.getLogger(__name__)
REMEMBERED_STEPS = 101


class StallDetector:
    """Seconds since the engine's last event, compared with its usual interval between two events."""

    def __init__(self) -> None:
        self._intervals: deque[float] = deque(maxlen=REMEMBERED_STEPS)
        self.last = time.monotonic()

    def event_seen(self) -> None:
        now = time.monotonic()
        self._intervals.append(now - self.last)
        self.last = now

    @property
    def seconds_without_event(self) -> float:
        return time.monotonic() - self.last

    @property
    def allowed_seconds(self) -> float:
        """STALL_STEPS times the median interval, and at least STALL_SECONDS."""
        usual = statistics.median(self._intervals) if self._intervals else 0.0
        return max(float(settings.STALL_SECONDS), settings.STALL_STEPS * usual)


class LeaseKeeper(threading.Thread):
    """Renews the lease over its own database connection, and reads the user's request on the way.

    `abandon` ends the whole process: for an engine that hangs, or that does not notice that its lease is lost.
    """

    def __init__(self, lease: Lease, stall: StallDetector, abandon: Callable[[], None]) -> None:
        super().__init__(name=f"lease of {lease.study_id}", daemon=True)
        self.lease = lease
        self.stall = stall
        self.abandon = abandon
        self.request = ""
        self.ending = ""
        self.requested_at: float | None = None
        self.lost = False
        self.progress: tuple[float, float | None] | None = None
        self._stop_event = threading.Event()

    @property
    def seconds_since_request(self) -> float:
        """0 where the user has requested nothing."""
        return 0.0 if self.requested_at is None else time.monotonic() - self.requested_at

    def run(self) -> None:
        last = time.monotonic()
        while not self._stop_event.wait(settings.HEARTBEAT_SECONDS):
            try:
                self._renew()
                last = time.monotonic()
            except LeaseLost:
                self.lost = True
            except Exception as error:  # the database may come back before the lease expires
                log.warning("lease not renewed: %s: %s", type(error).__name__, error)
                self.lost = time.monotonic() - last > settings.GIVE_UP_SECONDS
            finally:
                connection.close()
            if self.lost:
                self._await_engine()
                return

    def _renew(self) -> None:
        if self.stall.seconds_without_event > self.stall.allowed_seconds:
            reason = (
                f"stalled: no event for {self.stall.seconds_without_event:.0f} s "
                f"(the limit is {settings.STALL_STEPS} usual steps, and at least {settings.STALL_SECONDS} s)"
            )
            services.give_up_stalled(self.lease, reason)
            log.error("%s; its process is ended", reason)
            raise LeaseLost
        self.note_request(*services.renew_lease(self.lease, *(self.progress or ())))

    def note_request(self, request: str, ending: str) -> None:
        """Keep the user's current request and ending, and the time of a new request."""
        self.request, self.ending = request, ending
        if not self.request:
            self.requested_at = None
        elif self.requested_at is None:
            self.requested_at = time.monotonic()

    def _await_engine(self) -> None:
        """The engine's thread stops at its next event. Without one, the process ends and the worker is free."""
        if not self._stop_event.wait(settings.REQUEST_WAIT_SECONDS):
            log.error("lease %d lost and the engine hangs: ending this process", self.lease.fence)
            self.abandon()

    def stop(self) -> None:
        self._stop_event.set()
        self.join()
