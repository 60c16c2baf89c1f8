"""Progress of a study while it runs: a block in a terminal, a bar in a notebook, else a line a minute."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable, Iterator
from html import escape
from typing import Any

from engine.cli.board import Board
from engine.cli.watch import REDRAWN_SECONDS, Clock, Watch
from engine.config.study import StudyConfig
from engine.events import Event


def shown(events: Iterable[Event], config: StudyConfig, before: Iterable[Event] = ()) -> Iterator[Event]:
    """The same events; the position is shown while they pass. `before` are those of earlier runs of the study."""
    if notebook() is not None:
        yield from in_notebook(events, Board(config, before))
        return
    with Watch(config, before) as watch:
        for event in events:
            watch.see(event)
            yield event


def notebook() -> Any:
    """The notebook's shell; None where this process serves none."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    return shell if type(shell).__name__ == "ZMQInteractiveShell" else None


def in_notebook(events: Iterable[Event], board: Board, clock: Clock = time.monotonic) -> Iterator[Event]:
    """The events; a display below the cell is kept up to date, a few times a second."""
    from IPython.display import HTML, display  # there where a notebook is

    due = clock()
    handle = display(HTML(""), display_id=True)
    for event in events:
        board.see(event)
        if clock() >= due:
            due = clock() + REDRAWN_SECONDS
            handle.update(HTML(as_html(board)))
        yield event
    handle.update(HTML(as_html(board)))


def as_html(board: Board) -> str:
    """The position with a bar of its own; texts are escaped."""
    done = board.progress
    bar = "" if done is None else f'<progress value="{done.done}" max="{max(done.total, 1)}"></progress>'
    return f"<div>{bar}<pre>{escape(chr(10).join(board.lines))}</pre></div>"
