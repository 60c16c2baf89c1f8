"""What commands print: JSON on stdout, the progress of a run on stderr."""

from __future__ import annotations

import json
import sys
import time
from typing import Any

from engine.events import Progress

PROGRESS_SECONDS = 0.25


def print_json(found: Any) -> None:
    """Indented, with letters as they are."""
    print(json.dumps(found, indent=2, ensure_ascii=False))


class ProgressLine:
    """Progress on one line of stderr, at most four times a second."""

    def __init__(self) -> None:
        self.shown = 0.0

    def show(self, event: Progress) -> None:
        now = time.monotonic()
        if now - self.shown < PROGRESS_SECONDS:
            return
        self.shown = now
        left = "" if event.seconds_left is None else f", {event.seconds_left:.0f} s left in this phase"
        accuracy = "" if event.accuracy is None else f", accuracy {event.accuracy:.1%}"
        line = f"{event.phase}: {event.message}{accuracy}{left}"
        if sys.stderr.isatty():
            print(f"\r\x1b[K{line}", end="", file=sys.stderr)
        else:
            print(line, file=sys.stderr)

    def end(self, line: str) -> None:
        print(f"\r\x1b[K{line}" if sys.stderr.isatty() else line, file=sys.stderr)
