"""Runs the study of a folder, or what is left of it, without its events on stdout."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from engine.cli.control_file import ControlFile
from engine.cli.journal import Journal
from engine.cli.output import ProgressLine, tell
from engine.cli.run_lock import lock_workdir
from engine.config.study import StudyConfig
from engine.events import Commit, DurableEvent, Progress, is_durable

Until = Literal["search", "done"]


def run_folder(config: StudyConfig, workdir: Path, data: Path, until: Until = "done") -> None:
    """Run a study in its folder to its end, or until its supernet is trained. Nothing is done where that is reached.

    Raises Paused as `run` does, and what `engine.study.run` raises.
    """
    with lock_workdir(workdir):
        journal = Journal(workdir, config)
        if journal.note:
            tell(f"warning: {journal.note}")
        if not journal.kept or journal.kept[0].phase not in _reached(until):
            _run_locked(config, workdir, data, journal, until)


def _reached(until: Until) -> tuple[str, ...]:
    """Phases of a commit behind which nothing is left to do."""
    return ("done",) if until == "done" else ("search", "retrain", "analysis", "done")


def _run_locked(config: StudyConfig, workdir: Path, data: Path, journal: Journal, until: Until) -> None:
    from engine import study  # torch is imported only where it is needed

    pending: list[DurableEvent] = []
    line, requests = ProgressLine(), ControlFile(workdir)
    for event in study.run(config, workdir, data_root=data, resume=journal.resume, control=requests.control):
        if isinstance(event, Commit):
            journal.append(pending, event)
            pending.clear()
            if event.phase in _reached(until):
                return
            requests.apply_request()
        elif isinstance(event, Progress):
            line.show(event)
        elif is_durable(event):
            pending.append(event)
        requests.look()
