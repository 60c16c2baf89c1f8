"""The thread beside a slice: renews the lease, hears what the user asks, and notices when nothing moves any more."""

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


class Pulse:
    """When the engine last said anything, and how long it usually is silent between two words."""

    def __init__(self) -> None:
        self._steps: deque[float] = deque(maxlen=REMEMBERED_STEPS)
        self.last = time.monotonic()

    def moved(self) -> None:
        now = time.monotonic()
        self._steps.append(now - self.last)
        self.last = now

    @property
    def silent(self) -> float:
        return time.monotonic() - self.last

    @property
    def patience(self) -> float:
        """Ten times the median step, and never less than STALL_SECONDS."""
        usual = statistics.median(self._steps) if self._steps else 0.0
        return max(float(settings.STALL_SECONDS), settings.STALL_STEPS * usual)


class Heart(threading.Thread):
    """Renews the lease with a database connection of its own.

    `abandon` ends the whole process: for an engine that hangs, or that does not notice that its lease is lost.
    """

    def __init__(self, lease: Lease, pulse: Pulse, abandon: Callable[[], None]) -> None:
        super().__init__(name=f"lease of {lease.study_id}", daemon=True)
        self.lease = lease
        self.pulse = pulse
        self.abandon = abandon
        self.request = ""
        self.ending = ""
        self.asked_at: float | None = None
        self.lost = False
        self.progress: tuple[float, float | None] | None = None
        self._stop_event = threading.Event()

    @property
    def asked_for(self) -> float:
        """Seconds since the user's request was heard."""
        return 0.0 if self.asked_at is None else time.monotonic() - self.asked_at

    def run(self) -> None:
        last = time.monotonic()
        while not self._stop_event.wait(settings.HEARTBEAT_SECONDS):
            try:
                self._beat()
                last = time.monotonic()
            except LeaseLost:
                self.lost = True
            except Exception as error:  # the database may come back before the lease runs out
                log.warning("lease not renewed: %s: %s", type(error).__name__, error)
                self.lost = time.monotonic() - last > settings.GIVE_UP_SECONDS
            finally:
                connection.close()
            if self.lost:
                self._see_it_leave()
                return

    def _beat(self) -> None:
        if self.pulse.silent > self.pulse.patience:
            reason = (
                f"stalled: nothing moved for {self.pulse.silent:.0f} s "
                f"(allowed are {settings.STALL_STEPS} usual steps, and at least {settings.STALL_SECONDS} s)"
            )
            services.give_up_stalled(self.lease, reason)
            log.error("%s; its process is ended", reason)
            raise LeaseLost
        self.hear(*services.beat(self.lease, *(self.progress or ())))

    def hear(self, request: str, ending: str) -> None:
        """What the user asks for now."""
        self.request, self.ending = request, ending
        if not self.request:
            self.asked_at = None
        elif self.asked_at is None:
            self.asked_at = time.monotonic()

    def _see_it_leave(self) -> None:
        """The engine's thread ends at its next word; where none comes, the process is ended, so the worker is free."""
        if not self._stop_event.wait(settings.OBEY_SECONDS):
            log.error("lease %d lost and the engine hangs: ending this process", self.lease.fence)
            self.abandon()

    def stop(self) -> None:
        self._stop_event.set()
        self.join()
