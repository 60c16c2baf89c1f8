"""`run`: a study in a folder, or the same study over several seeds; torch is loaded when it starts."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path

from engine.analysis.seeds import SUMMARY, folder_of, seeded, summarise
from engine.cli.folder_run import FolderRun, open_run
from engine.cli.output import print_text, tell, wants_json
from engine.cli.study_file import changed, read_config, read_stored
from engine.cli.summary import print_summary
from engine.cli.watch import Watch
from engine.config.study import StudyConfig
from engine.events import is_durable, to_wire
from engine.sinks.feed import Feed, require_sinks


def run(
    study: Path,
    workdir: Path,
    data: Path,
    seeds: int | None,
    assignments: list[str] | None = None,
    seed: int | None = None,
    sink: Sequence[str] = (),
) -> None:
    """`seed`: the study with this seed, in a folder of its own below `workdir`, as one of several seeds has it."""
    require_sinks(sink)
    config = changed(read_stored(study) if _begun(workdir) else read_config(study), assignments, seed)
    if seeds is None:
        run_one(config, workdir if seed is None else folder_of(workdir, config), data, sink)
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
    with open_run(config, workdir) as opened:
        if opened.note:
            tell(f"warning: {opened.note}")
        with Feed(workdir, sinks, config, tell) as feed:
            feed.tell([to_wire(event) for event in opened.stored] if sinks else ())
            if opened.finished:
                tell(f"{workdir}: already finished, see {workdir / 'result'}")
            else:
                _run(opened, data, feed)
                print_summary(workdir)


def _run(opened: FolderRun, data: Path, feed: Feed) -> None:
    """Stored events go to the sinks and to stdout, a JSON object a line, but in a terminal not to stdout."""
    lines = wants_json() or not sys.stdout.isatty()
    with Watch(opened.config, opened.stored) as watch:
        for event in opened.events(data):
            if is_durable(event):
                feed.tell([to_wire(event)])
                if lines:
                    print_text(json.dumps(to_wire(event), sort_keys=True))
            watch.see(event)
