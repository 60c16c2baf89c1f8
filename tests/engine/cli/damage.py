"""Run folders to be damaged, what can happen to a file in one, and commands run on them in this process."""

from __future__ import annotations

import contextlib
import io
import json
import os
import shutil
import signal
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from engine.__main__ import main
from engine.cli.journal import Journal
from engine.cli.run_lock import lock_workdir
from engine.config.study import StudyConfig
from engine.events import Commit, DurableEvent, is_durable
from engine.study import run

SECONDS = 60
"""No command on a tiny folder takes as long, not on a busy machine either."""


@dataclass(frozen=True)
class Ended:
    """How a command ended."""

    status: int
    printed: str
    told: str


def command(*arguments: object) -> Ended:
    """`python -m engine …`, refusals of the parser included. Raises what would be a traceback, and TimeoutError."""
    out, err = io.StringIO(), io.StringIO()
    with _alarm(), contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            status = main([str(part) for part in arguments])
        except SystemExit as refused:
            status = int(refused.code or 0)
    return Ended(status, out.getvalue(), err.getvalue())


@contextlib.contextmanager
def _alarm() -> Iterator[None]:
    """Ends what hangs."""

    def hangs(*_: object) -> None:
        raise TimeoutError(f"no end after {SECONDS} s")

    before = signal.signal(signal.SIGALRM, hangs)
    signal.alarm(SECONDS)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def study_file(path: Path, config: StudyConfig) -> Path:
    path.write_text(json.dumps(config.model_dump(mode="json")))
    return path


def interrupted(config: StudyConfig, folder: Path, commits: int) -> None:
    """The folder of a run that ended behind so many commits."""
    with lock_workdir(folder):
        journal, pending = Journal(folder, config), list[DurableEvent]()
        for event in run(config, folder, data_root=folder):
            if isinstance(event, Commit):
                journal.append(pending, event)
                pending, commits = [], commits - 1
                if not commits:
                    return
            elif is_durable(event):
                pending.append(event)


def contents(folder: Path) -> dict[str, bytes]:
    """Events and package."""
    paths = [folder / "events.jsonl", *sorted((folder / "result").iterdir())]
    return {path.name: path.read_bytes() for path in paths}


def files_of(folder: Path) -> list[str]:
    """Names of all files, relative to the folder."""
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def _flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    if data:
        data[len(data) // 2] ^= 4
    path.write_bytes(data)


def _instead(make: Callable[[Path], object]) -> Callable[[Path, Path], None]:
    def damage(path: Path, _: Path) -> None:
        path.unlink()
        make(path)

    return damage


DAMAGES: dict[str, Callable[[Path, Path], object]] = {
    "missing": lambda path, _: path.unlink(),
    "empty": lambda path, _: path.write_bytes(b""),
    "half": lambda path, _: path.write_bytes(path.read_bytes()[: path.stat().st_size // 2]),
    "a byte flipped": lambda path, _: _flip(path),
    "NULs appended": lambda path, _: path.write_bytes(path.read_bytes() + bytes(100)),
    "another study's": lambda path, other: shutil.copyfile(other, path),
    "a folder": _instead(Path.mkdir),
    "a named pipe": _instead(os.mkfifo),
    "a link to nothing": _instead(lambda path: path.symlink_to("nowhere/at/all")),
    "an endless device": _instead(lambda path: path.symlink_to("/dev/zero")),
}
"""What can happen to a file, by what it is then; the second path is the same file of another study."""
