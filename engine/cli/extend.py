"""`extend`: more generations for a search that is over, paused or stopped, in its own folder."""

from __future__ import annotations

from pathlib import Path

from engine.cli.control_file import require_study
from engine.cli.journal import STUDY, Journal, write_study
from engine.cli.output import tell
from engine.cli.run_lock import lock_workdir
from engine.cli.study_file import read_stored
from engine.errors import ConfigError
from engine.events import Commit
from engine.run.control import settle
from engine.run.extension import extend as extend_from
from engine.run.extension import extended_config
from engine.storage.committed import events_of
from engine.storage.head import StoredCommit


def extend(workdir: Path, generations: int) -> None:
    """Raises ConfigError where it has as many, where its winner is retrained, or where a run is at work."""
    require_study(workdir)
    own = read_stored(workdir / STUDY)
    config = extended_config(own, generations)
    with lock_workdir(workdir):
        journal = Journal(workdir, own)
        if not journal.kept:
            raise ConfigError([f"workdir: the study in {workdir} has not begun; change its config instead"])
        newest = journal.kept[0]
        at = Commit(newest.checkpoint, newest.sha256, newest.size, newest.step, newest.phase)
        told, commit = extend_from(workdir, at, config, attempt=0, retrained=_retrains(workdir, newest))
        journal.append([told], commit)
        write_study(workdir, config)  # last: a folder whose config is older goes on from the commit before
        settle(workdir, "")
    tell(f"python -m engine run {workdir / STUDY} --workdir {workdir} goes on to generation {generations}")


def _retrains(workdir: Path, commit: StoredCommit) -> bool:
    """Whether retraining has begun."""
    return any(event["kind"] == "phase_started" and event["phase"] == "retrain" for event in events_of(workdir, commit))
