"""One run a folder: whoever runs a study there holds a lock, which dies with its process."""

from __future__ import annotations

import errno
import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from engine.errors import ConfigError
from engine.storage.files import is_there, open_file, open_to_append

FILE = "run.lock"
"""Stays when the run ends: deleted, it could be locked by two who opened it before and after."""
UNLOCKABLE = (errno.ENOSYS, errno.ENOTSUP, errno.ENOLCK)
"""What file systems without locks answer, some of clusters among them; there a run goes on unguarded."""


@contextmanager
def lock_workdir(workdir: Path) -> Iterator[None]:
    """Hold the run's folder, made where it is missing. Raises ConfigError where another run holds it."""
    try:
        workdir.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        what = "is no folder" if isinstance(error, FileExistsError) else f"cannot be made: {error.strerror}"
        raise ConfigError([f"workdir: {workdir} {what}; choose another --workdir"]) from error
    with open_to_append(workdir / FILE) as file:
        if not _lock(file.fileno(), fcntl.LOCK_EX):
            raise ConfigError(
                [f"workdir: another run is at work in {workdir}; wait for it, pause it, or choose another --workdir"]
            )
        yield


def is_at_work(workdir: Path) -> bool:
    """Whether a run holds the folder; True where the file system has no locks, so that it cannot be told."""
    if not is_there(workdir / FILE):
        return False
    with open_file(workdir / FILE) as file:
        return not _lock(file.fileno(), fcntl.LOCK_SH, unknown=False)


def _lock(descriptor: int, kind: int, *, unknown: bool = True) -> bool:
    """Whether the lock could be taken; `unknown` where the file system has none."""
    try:
        fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError as error:
        if error.errno not in UNLOCKABLE:
            raise
        return unknown
    return True
