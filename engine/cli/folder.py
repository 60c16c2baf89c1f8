"""`pause`, `stop` and `fork`: commands about a study's folder."""

from __future__ import annotations

from pathlib import Path

from engine.cli.control_file import require_study
from engine.cli.fork_folder import fork_folder
from engine.cli.output import print_json, tell, wants_json
from engine.cli.run_lock import is_at_work
from engine.cli.study_file import read_config, read_stored
from engine.errors import ConfigError
from engine.run.control import Ending, ask, asked
from engine.storage.committed import stored_heads


def pause(workdir: Path) -> None:
    """Raises ConfigError where no run is there to be paused: the next one would end at once."""
    require_study(workdir)
    if not is_at_work(workdir):
        raise ConfigError([f"workdir: no run is at work in {workdir}; there is nothing to pause"])
    ask(workdir, pause=True, ending=asked(workdir)[1])
    if wants_json():
        print_json({"workdir": str(workdir), "asked": "pause"}, indent=None)


def stop(workdir: Path, retrain: bool) -> None:
    """Of the run at work, or of the next one where the study is paused. Raises ConfigError where it is finished."""
    require_study(workdir)
    ending: Ending = "retrain" if retrain else "result"
    if is_at_work(workdir):
        ask(workdir, pause=asked(workdir)[0], ending=ending)
    else:
        _require_search(workdir)
        ask(workdir, ending=ending)
        tell(f"no run is at work in {workdir}; the next one ends its search after the generation at work")
    if wants_json():
        print_json({"workdir": str(workdir), "asked": "stop", "then": ending}, indent=None)


def _require_search(workdir: Path) -> None:
    """Raises ConfigError where there is no search left to end."""
    phases = {head.phase for head in stored_heads(workdir)[0]}
    if "done" in phases:
        raise ConfigError([f"workdir: the study in {workdir} is finished; there is nothing to stop"])
    if "analysis" in phases or read_stored(workdir / "study.json").analysis is not None:
        raise ConfigError([f"workdir: the study in {workdir} has no search left to stop"])


def fork(workdir: Path, generation: int, to: Path, study: Path | None) -> None:
    config = None if study is None else read_config(study)
    fork_folder(workdir, generation, to, config)
    tell(f"python -m engine run {to / 'study.json'} --workdir {to} goes on from there")
    if wants_json():
        print_json({"workdir": str(to), "generation": generation}, indent=None)
