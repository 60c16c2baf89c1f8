"""A study that runs in a folder: locked, journalled, resumed, paused. The command and the library both run this."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from engine.cli.control_file import ControlFile
from engine.cli.journal import Journal
from engine.cli.output import tell
from engine.cli.run_lock import lock_workdir
from engine.cli.watch import Watch
from engine.config.study import StudyConfig
from engine.events import Commit, DurableEvent, Event, from_wire, is_durable
from engine.storage.committed import events_of, stored_heads, whole_events

Until = Literal["search", "done"]
REACHED: dict[Until, tuple[str, ...]] = {"search": ("search", "retrain", "analysis", "done"), "done": ("done",)}
"""Phases of a commit behind which nothing is left to do: the supernet is trained, or the study is finished."""


@dataclass(frozen=True)
class FolderRun:
    """A study in a folder that this process holds. `requests` are what is asked of it meanwhile."""

    config: StudyConfig
    workdir: Path
    journal: Journal
    requests: ControlFile

    @property
    def note(self) -> str:
        """What was found damaged, where an earlier commit is taken; else empty."""
        return self.journal.note

    @property
    def finished(self) -> bool:
        return self.journal.finished

    @property
    def stored(self) -> list[DurableEvent]:
        """The durable events up to where the run goes on."""
        kept = self.journal.kept
        return _durable(events_of(self.workdir, kept[0])) if kept else []

    def has_reached(self, until: Until) -> bool:
        """Whether nothing is left to do until then."""
        return bool(self.journal.kept) and self.journal.kept[0].phase in REACHED[until]

    def events(self, data_root: Path, until: Until = "done") -> Iterator[Event]:
        """What is left of the study: progress as it comes, durable events once they are stored with their checkpoint.

        Raises EngineError, and Paused where a pause was asked for and the checkpoint is stored.
        """
        from engine import study  # torch is imported only where it is needed

        pending: list[DurableEvent] = []
        control, resume = self.requests.control, self.journal.resume
        for event in study.run(self.config, self.workdir, data_root=data_root, resume=resume, control=control):
            if isinstance(event, Commit):
                yield from self._stored(pending, event)
                pending = []
                if event.phase in REACHED[until]:
                    return
                self.requests.apply_request()
            elif is_durable(event):
                pending.append(event)
            else:
                yield event
            self.requests.look()

    def _stored(self, events: list[DurableEvent], commit: Commit) -> Iterator[Event]:
        """Into the folder, and then on to whoever reads."""
        self.journal.append(events, commit)
        yield from events


def stored_events(workdir: Path) -> list[DurableEvent]:
    """The durable events of the study in a folder, none where it has not begun. Raises FileError for a damaged one."""
    return _durable(whole_events(workdir)) if stored_heads(workdir)[0] else []


def _durable(found: Iterable[dict[str, Any]]) -> list[DurableEvent]:
    return [event for one in found if is_durable(event := from_wire(one))]


@contextmanager
def open_run(config: StudyConfig, workdir: Path, *, on_sigterm: bool = True) -> Iterator[FolderRun]:
    """Hold a folder for a study, new or begun there. `on_sigterm`: SIGTERM pauses it.

    Raises ConfigError where another run holds it; CheckpointError and FileError where the folder belongs to another
    study, or is damaged.
    """
    with lock_workdir(workdir):
        journal = Journal(workdir, config)
        yield FolderRun(config, workdir, journal, ControlFile(workdir, on_sigterm=on_sigterm))


def run_folder(config: StudyConfig, workdir: Path, data: Path, until: Until = "done") -> None:
    """Run a study in its folder to its end, or until its supernet is trained, without its events on stdout.

    Nothing is done where that is reached. Raises Paused, and what `engine.study.run` raises.
    """
    with open_run(config, workdir) as opened:
        if opened.note:
            tell(f"warning: {opened.note}")
        if opened.has_reached(until):
            return
        with Watch(config, opened.stored) as watch:
            for event in opened.events(data, until):
                watch.see(event)
