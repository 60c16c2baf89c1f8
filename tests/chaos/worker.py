"""`python -m tests.chaos.worker HOST NAME`: a Celery worker as bin/run starts it, on a machine of another name.

It loads torch before it forks, so that the process after a killed one is there at once, and it does to its own
checkpoint writes what the file `faults` in its state folder says: `kill N`, `enospc N` or `hang N`, at byte N of the
next one.
"""

from __future__ import annotations

import errno
import os
import signal
import socket
import sys
import threading
from pathlib import Path
from typing import IO

FAULT = "faults"


def main() -> int:
    host, name = sys.argv[1:]
    socket.gethostname = lambda: host  # type: ignore[method-assign]
    import django

    django.setup()
    import sklearn.datasets  # noqa: F401 - what a study loads first

    import engine.study  # noqa: F401 - torch before the fork
    from engine.storage import atomic
    from webapp.celery import app
    from webapp.studies.worker import main_process

    atomic.write_all = faulty_write
    main_process._ask_for_calibration = lambda name: None  # the speed of a machine is not what is tested here
    options = ["-P", "prefork", "-c", "1", "-Q", "celery", "--without-gossip", "--without-mingle", "-l", "INFO"]
    app.worker_main(["worker", "-n", f"{name}@{host}", *options])
    return 0


def faulty_write(file: IO[bytes], data: bytes) -> None:
    """Write the data, or up to the byte at which something is to happen."""
    fault = _take_fault()
    if fault is None:
        file.write(data)
        return
    kind, at = fault
    file.write(data[: at % max(len(data), 1)])
    file.flush()
    if kind == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    if kind == "hang":
        threading.Event().wait()
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def _take_fault() -> tuple[str, int] | None:
    """What is to happen, once: whoever renames the file has it."""
    armed = Path(os.environ["AUTOSNN_VAR"]) / FAULT
    taken = armed.with_name(f"{FAULT}.{os.getpid()}")
    try:
        armed.rename(taken)
    except FileNotFoundError:
        return None
    kind, at = taken.read_text().split()
    taken.unlink()
    return kind, int(at)


if __name__ == "__main__":
    sys.exit(main())
