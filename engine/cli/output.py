"""What commands print: JSON on stdout, the progress of a run on stderr."""

from __future__ import annotations

import json
import re
import sys
import time
from contextlib import suppress
from typing import Any

from engine.cli.streams import drop_output
from engine.errors import FileError
from engine.events import Progress

PROGRESS_SECONDS = 0.25
HARMFUL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
"""Control characters, what turns the direction of text, and halves of characters, as in names that are no UTF-8."""


def printable(text: str) -> str:
    """The text with escapes for what would do more than be seen."""
    return HARMFUL.sub(lambda found: found[0].encode("unicode_escape").decode(), text)


def print_json(found: Any, indent: int | None = 2) -> None:
    """With letters as they are, where stdout can write them."""
    text = json.dumps(found, indent=indent, ensure_ascii=False)
    try:
        text.encode(sys.stdout.encoding or "utf-8", "surrogatepass")
    except UnicodeEncodeError:
        text = json.dumps(found, indent=indent)
    print_text(HARMFUL.sub(lambda found: f"\\u{ord(found[0]):04x}", text))


def print_text(text: str) -> None:
    """A line or more on stdout, at once. Raises FileError where it cannot be written, as on a full disk."""
    try:
        print(text, flush=True)
    except BrokenPipeError:
        raise
    except OSError as error:
        drop_output()
        raise FileError(f"standard output cannot be written: {error.strerror}") from error


def tell(line: str) -> None:
    """A line on stderr, in place of the progress on a terminal; where nobody can read it, it is lost."""
    with suppress(OSError):
        cleared = "\r\x1b[K" if sys.stderr.isatty() else ""
        print(cleared + printable(line.replace("\n", " ")), file=sys.stderr, flush=True)


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
        with suppress(OSError):
            if sys.stderr.isatty():
                print(f"\r\x1b[K{line}", end="", file=sys.stderr)
            else:
                print(line, file=sys.stderr)
