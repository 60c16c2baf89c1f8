"""`pause`, `stop` and `fork`: commands about a study's folder."""

from __future__ import annotations

import sys
from pathlib import Path

from engine.cli.control_file import require_study
from engine.cli.journal import fork_folder
from engine.cli.study_file import read_config
from engine.run.control import ask, asked


def pause(workdir: Path) -> None:
    require_study(workdir)
    ask(workdir, pause=True, ending=asked(workdir)[1])


def stop(workdir: Path, retrain: bool) -> None:
    require_study(workdir)
    ask(workdir, ending="retrain" if retrain else "result")


def fork(workdir: Path, generation: int, to: Path, study: Path | None) -> None:
    config = None if study is None else read_config(study)
    fork_folder(workdir, generation, to, config)
    print(f"python -m engine run {to / 'study.json'} --workdir {to} goes on from there", file=sys.stderr)
