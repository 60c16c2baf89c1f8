"""One run a folder: whoever runs a study there holds a lock, which dies with its process."""

from __future__ import annotations

import errno
import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from engine.errors import ConfigError

FILE = "run.lock"
"""Stays when the run ends: deleted, it could be locked by two who opened it before and after."""
UNLOCKABLE = (errno.ENOSYS, errno.ENOTSUP, errno.ENOLCK)
"""What file systems without locks answer, some of clusters among them; there a run goes on unguarded."""


@contextmanager
def lock_workdir(workdir: Path) -> Iterator[None]:
    """Hold the run's folder, made where it is missing. Raises ConfigError where another run holds it."""
    workdir.mkdir(parents=True, exist_ok=True)
    with (workdir / FILE).open("ab") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise ConfigError(
                [f"workdir: another run is at work in {workdir}; wait for it, pause it, or choose another --workdir"]
            ) from error
        except OSError as error:
            if error.errno not in UNLOCKABLE:
                raise
        yield
