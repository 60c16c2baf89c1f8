"""Progress of a run on stderr: a block that is drawn anew in a terminal, elsewhere a line a minute."""

from __future__ import annotations

import shutil
import sys
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from types import TracebackType
from typing import Self

from engine.cli.board import Board
from engine.cli.output import is_quiet, printable
from engine.config.study import StudyConfig
from engine.events import Event, Progress

REDRAWN_SECONDS, LINE_SECONDS = 0.25, 60.0
Clock = Callable[[], float]


class Watch:
    """Shows the events it is given; says nothing where the command is quiet. `clock` tells seconds.

    `before` are the events stored by earlier runs of the study.
    """

    def __init__(self, config: StudyConfig, before: Iterable[Event] = (), clock: Clock = time.monotonic) -> None:
        self.board, self.clock = Board(config, before), clock
        self.terminal = sys.stderr.isatty()
        self.due = float("-inf")
        self.drawn = 0
        """Lines of the block that stand above the cursor."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self.terminal:
            self._show()  # the last position stays

    def see(self, event: Event) -> None:
        """Take an event in, and show the position where it is time."""
        self.board.see(event)
        now = self.clock()
        if isinstance(event, Progress) and now >= self.due:
            self.due = now + (REDRAWN_SECONDS if self.terminal else LINE_SECONDS)
            self._show()

    def _show(self) -> None:
        lines = self.board.lines if self.terminal else [self.board.line]
        if is_quiet() or not any(lines):
            return
        with suppress(OSError):
            above = f"\x1b[{self.drawn}A\r\x1b[J" if self.drawn else ""
            width = shutil.get_terminal_size().columns - 1 if self.terminal else None
            print(above + "\n".join(printable(line)[:width] for line in lines), file=sys.stderr, flush=True)
            self.drawn = len(lines) if self.terminal else 0
