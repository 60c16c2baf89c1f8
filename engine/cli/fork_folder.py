"""The folder of a fork, made from another study's folder."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

from engine.cli.journal import STUDY, stored, write_study
from engine.cli.position import require_checkpoint, require_events
from engine.cli.study_file import read_stored
from engine.config.study import StudyConfig
from engine.errors import ConfigError, EngineError, FileError
from engine.events import Commit
from engine.run.fork import fork, history, require_forkable
from engine.storage.atomic import write_bytes
from engine.storage.committed import EVENTS, commits_of, events_of, stored_heads
from engine.storage.files import is_there
from engine.storage.head import StoredCommit, write_head


def fork_folder(source: Path, generation: int, target: Path, config: StudyConfig | None = None) -> None:
    """A new study's folder that goes on after `generation` generations of the one in `source`.

    Raises ConfigError, CheckpointError and FileError; then there is no new folder.
    """
    if is_there(target):
        raise ConfigError([f"to: {target} exists already"])
    own, at = _source(source)
    config = config or own
    require_forkable(own, config, generation)
    unfinished = target.with_name(f".{target.name}.{os.getpid()}.tmp")
    shutil.rmtree(unfinished, ignore_errors=True)
    try:
        _fill(unfinished, source, at, own, generation, config)
        unfinished.rename(target)
    except BaseException as error:
        shutil.rmtree(unfinished, ignore_errors=True)
        if isinstance(error, OSError):
            raise FileError(f"{target} cannot be made: {error.strerror}") from error
        raise


def _source(folder: Path) -> tuple[StudyConfig, StoredCommit]:
    """The config, and the newest commit that is whole."""
    begun = is_there(folder / STUDY)
    heads, problem = stored_heads(folder)
    if not begun or not heads:
        raise ConfigError(
            [f"workdir: {folder} holds no study that has begun: {problem or f'{folder / STUDY} does not exist'}"]
        )
    own = read_stored(folder / STUDY)
    for commit in commits_of(heads):
        try:
            require_events(folder, commit, own)
            require_checkpoint(folder, commit, own)
        except EngineError as error:
            problem = problem or str(error)
        else:
            return own, commit
    raise FileError(f"{folder} cannot be forked: {problem}")


def _fill(target: Path, source: Path, at: StoredCommit, own: StudyConfig, generation: int, config: StudyConfig) -> None:
    later = Commit(at.checkpoint, at.sha256, at.size, at.step, at.phase)
    commit = fork(source, later, own, generation, config, target)
    write_study(target, config)
    kept = history(events_of(source, at), own, generation, config)
    lines = "".join(json.dumps(event, sort_keys=True) + "\n" for event in kept).encode()
    done = write_bytes(target / EVENTS, lines)
    write_head(target, (stored(commit, done.size, done.sha256),), {})
