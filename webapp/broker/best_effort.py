"""Hints to a server that may hang: losing one is harmless, waiting for one is not."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

log = logging.getLogger(__name__)
LONG_SECONDS = 1.0
QUIET_SECONDS = 10.0


class Hints:
    """Those of one kind. After one that took long in vain, none is sent for a while: whom it is for looks by itself."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self._quiet_until = 0.0

    def send(self, send: Callable[[], object]) -> None:
        """Send it where that can be done; `send` bounds its own time."""
        began = time.monotonic()
        if began < self._quiet_until:
            return
        try:
            send()
        except Exception as error:  # any trouble of the server
            log.warning("%s not sent: %s: %s", self.kind, type(error).__name__, error)
            if time.monotonic() - began >= LONG_SECONDS:
                self._quiet_until = time.monotonic() + QUIET_SECONDS
