"""A circuit breaker for best-effort calls: losing one is harmless, waiting for one is not."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

log = logging.getLogger(__name__)
LONG_SECONDS = 1.0
QUIET_SECONDS = 10.0


class CircuitBreaker:
    """Calls of one kind to a server that may hang. After a slow failure, calls are skipped for QUIET_SECONDS; the
    receivers poll by themselves.
    """

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self._open_until = 0.0

    def call(self, send: Callable[[], object]) -> None:
        """Call `send`, which bounds its own time, unless the breaker is open."""
        began = time.monotonic()
        if began < self._open_until:
            return
        try:
            send()
        except Exception as error:  # any error of the server
            log.warning("%s not sent: %s: %s", self.kind, type(error).__name__, error)
            if time.monotonic() - began >= LONG_SECONDS:
                self._open_until = time.monotonic() + QUIET_SECONDS
