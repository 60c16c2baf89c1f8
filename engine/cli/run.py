"""`run`: a study in a folder, or the same study over several seeds; torch is loaded when it starts."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from engine.analysis.seeds import SUMMARY, folder_of, seeded, summarise
from engine.cli.control_file import ControlFile
from engine.cli.journal import Journal
from engine.cli.output import ProgressLine, print_text, tell
from engine.cli.run_lock import lock_workdir
from engine.cli.study_file import read_config, read_stored
from engine.cli.warnings import print_warnings
from engine.config.study import StudyConfig
from engine.events import Commit, DurableEvent, Progress, is_durable, to_wire
from engine.sinks.feed import Feed, require_sinks
from engine.storage.committed import whole_events


def run(study: Path, workdir: Path, data: Path, seeds: int | None, sink: Sequence[str] = ()) -> None:
    require_sinks(sink)
    config = read_stored(study) if _begun(workdir) else read_config(study)
    if seeds is None:
        run_one(config, workdir, data, sink)
        return
    configs = seeded(config, seeds)
    for one in configs:
        run_one(one, folder_of(workdir, one), data, sink)
    accuracy = summarise(workdir, configs)["test_accuracy"]
    spread = "" if accuracy["deviation"] is None else f" ± {accuracy['deviation']:.2%}"
    where = workdir / SUMMARY
    tell(f"{len(configs)} seeds: {accuracy['mean']:.2%}{spread} on the test split, see {where}")


def _begun(workdir: Path) -> bool:
    """Whether the folder holds a study already, which keeps its config, or one of several seeds."""
    return any(workdir.glob("study.json")) or any(workdir.glob("seed-*/study.json"))


def run_one(config: StudyConfig, workdir: Path, data: Path, sinks: Sequence[str] = ()) -> None:
    """Run a study in a folder, or what is left of it; says so where it is finished."""
    with lock_workdir(workdir):
        journal = Journal(workdir, config)
        if journal.note:
            tell(f"warning: {journal.note}")
        feed = Feed(workdir, sinks, config, tell)
        done = False
        try:
            feed.tell(whole_events(workdir) if sinks and journal.kept else ())
            if journal.finished:
                tell(f"{workdir}: already finished, see {workdir / 'result'}")
            else:
                _run_locked(config, workdir, data, journal, feed)
                print_warnings(workdir)
            done = True
        finally:
            feed.finish(done=done)


def _run_locked(config: StudyConfig, workdir: Path, data: Path, journal: Journal, feed: Feed) -> None:
    from engine import study  # torch is imported only where it is needed

    pending: list[DurableEvent] = []
    line, requests = ProgressLine(), ControlFile(workdir)
    for event in study.run(config, workdir, data_root=data, resume=journal.resume, control=requests.control):
        if isinstance(event, Commit):
            _store(journal, pending, event, feed)
            pending.clear()
            if event.phase != "done":
                requests.apply_request()
        elif isinstance(event, Progress):
            line.show(event)
        elif is_durable(event):
            pending.append(event)
        requests.look()
    tell(f"done: {workdir / 'result'}")


def _store(journal: Journal, events: list[DurableEvent], commit: Commit, feed: Feed) -> None:
    """Into the folder, and then on stdout and to the sinks."""
    journal.append(events, commit)
    for stored in events:
        print_text(json.dumps(to_wire(stored), sort_keys=True))
    feed.tell([to_wire(stored) for stored in events])
