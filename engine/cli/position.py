"""Where a headless run goes on: at the newest commit of its folder that is whole."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from engine.config.study import StudyConfig
from engine.errors import CheckpointError, EngineError, FileError
from engine.events import from_wire
from engine.export.members import require_result
from engine.run.state import state_of
from engine.storage.atomic import read_metadata, verify
from engine.storage.committed import EVENTS, commits_of, config_digest_of, events_of, stored_heads
from engine.storage.files import is_there, open_file
from engine.storage.head import Head, StoredCommit

WAY_ON = "restore it from a copy of the folder, or choose another --workdir to begin anew"
AT_FIRST = 2
"""Events before a study's first commit: where only these are stored, a new start loses nothing."""


@dataclass(frozen=True)
class Position:
    """`commits` are those to go on from, the newest first, none at the beginning; `note` says what was damaged."""

    commits: tuple[StoredCommit, ...] = ()
    note: str = ""

    @property
    def finished(self) -> bool:
        return bool(self.commits) and self.commits[0].phase == "done"


def find_position(folder: Path, config: StudyConfig) -> Position:
    """Raises FileError and CheckpointError where commits are there, or were, and none is whole."""
    heads, problem = stored_heads(folder)
    if not heads:
        _require_nothing_begun(folder, problem)
        return Position()
    commits, problems = commits_of(heads), [problem] if problem else []
    for place, commit in enumerate(commits):
        try:
            _require_whole(folder, commit, config)
        except EngineError as error:
            problems.append(str(error))
            continue
        if commit.phase == "done":
            _require_result(folder, commit, heads)
        earlier = tuple(one for one in commits[place + 1 :] if one.step < commit.step)
        return Position((commit, *earlier), _note(problems, commit))
    raise CheckpointError(f"{folder} cannot go on: {problems[0]}; {WAY_ON}")


def _note(problems: list[str], commit: StoredCommit) -> str:
    """What was wrong, for people; "" for nothing."""
    if not problems:
        return ""
    return f"{problems[0]}; the run goes on from step {commit.step}, which is whole"


def _require_nothing_begun(folder: Path, problem: str) -> None:
    """Raises CheckpointError where a study was under way and its commits are lost."""
    steps = [path.stem.rpartition("-")[2] for path in (folder / "checkpoints").glob("*.safetensors")]
    if any(step != "000001" for step in steps) or is_there(folder / "result") or _stored_lines(folder) > AT_FIRST:
        raise CheckpointError(f"{folder} holds a study, but {problem}; {WAY_ON}")


def _stored_lines(folder: Path) -> int:
    if not is_there(folder / EVENTS):
        return 0
    with open_file(folder / EVENTS) as file:
        return sum(piece.count(b"\n") for piece in iter(lambda: file.read(1 << 20), b""))


def _require_whole(folder: Path, commit: StoredCommit, config: StudyConfig) -> None:
    require_events(folder, commit, config)
    if commit.phase != "done":  # a finished study needs its checkpoint no more
        require_checkpoint(folder, commit, config)


def require_events(folder: Path, commit: StoredCommit, config: StudyConfig) -> None:
    """Raises FileError where the commit's events are damaged, or another study's."""
    if config_digest_of(folder, commit) != config.digest():
        raise FileError(f"{folder / EVENTS} belongs to another study")
    if commit.events_sha256 is None:
        _require_each(folder, commit)


def require_checkpoint(folder: Path, commit: StoredCommit, config: StudyConfig) -> None:
    """Raises CheckpointError where a file that the commit needs is damaged, or another study's."""
    path = folder / "checkpoints" / commit.checkpoint
    state = state_of(read_metadata(path, commit.sha256), path.name)
    if state.config_digest != config.digest():
        raise CheckpointError(f"{path} belongs to another study")
    if state.phase == "search":
        verify(folder / state.supernet_file, state.supernet_sha256)


def _require_each(folder: Path, commit: StoredCommit) -> None:
    """Of an earlier version's folder, which holds no sum of them."""
    for number, event in enumerate(events_of(folder, commit), 1):
        try:
            from_wire(event)
        except ValueError as error:
            raise FileError(f"{folder / EVENTS} is damaged: line {number} is no event of a study") from error


def _require_result(folder: Path, last: StoredCommit, heads: list[Head]) -> None:
    """Raises CheckpointError where a finished study's result is not as it was written."""
    known = next((head.result for head in heads if head.commits[0] == last), {})
    try:
        require_result(folder, known)
    except EngineError as error:
        raise CheckpointError(f"{folder} is finished, but {error}; {WAY_ON}") from error
