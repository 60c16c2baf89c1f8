"""A separate engine process that keeps one study open, so that many inspections share the cost of opening it.

It has limits on memory, time and bytes written. It ends when another study is inspected, or after an idle time.
"""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import IO, Any
from uuid import UUID

from django.conf import settings

from webapp.inspections import files
from webapp.studies.files import workdir
from webapp.workers.process_limits import limit_this_process


class CannotAnswer(Exception):
    """The reason why an inspection has no answer, for the user."""


class EngineProcess:
    """At most one process, for one study; `answer` may be called from one thread at a time."""

    def __init__(self) -> None:
        self.study_id: UUID | None = None
        self._opened = 0.0
        self._process: subprocess.Popen[str] | None = None
        self._complaints: IO[bytes] | None = None
        self._lock = threading.Lock()
        self._idle: threading.Timer | None = None

    @property
    def open_for(self) -> float:
        """Seconds since the study was opened."""
        return time.monotonic() - self._opened

    def answer(self, study_id: UUID, asked: dict[str, Any], output: Path) -> dict[str, Any]:
        """The JSON part of an answer, its tensors written to `output`. Raises CannotAnswer."""
        with self._lock:
            process = self._open(study_id)
            line = self._exchange(process, json.dumps({**asked, "output": str(output)}))
            if not line:
                reason = self._why()
                self._close()
                raise CannotAnswer(reason)
            self._close_later()
        found: dict[str, Any] = json.loads(line)
        if "error" in found:
            raise CannotAnswer(found["error"])
        answered: dict[str, Any] = found["result"]
        return answered

    def close(self) -> None:
        """End the process, if there is one."""
        with self._lock:
            self._close()

    def _open(self, study_id: UUID) -> subprocess.Popen[str]:
        if self._idle is not None:
            self._idle.cancel()
        if self._process is not None and self.study_id == study_id and self._process.poll() is None:
            return self._process
        self._close()
        config = files.write_config(study_id)
        command = [sys.executable, "-m", "engine", "inspect", str(workdir(study_id)), "--serve", "--study", str(config)]
        self._complaints = tempfile.TemporaryFile()  # noqa: SIM115 - open as long as the process
        self._process = subprocess.Popen(
            [*command, "--data", str(settings.DATA_ROOT)], cwd=settings.BASE_DIR, stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, stderr=self._complaints, text=True,
            preexec_fn=partial(limit_this_process, settings.INSPECTION_MEMORY),
        )  # fmt: skip
        self.study_id, self._opened = study_id, time.monotonic()
        return self._process

    def _exchange(self, process: subprocess.Popen[str], line: str) -> str:
        """The process's answer to one line; "" where it has ended."""
        assert process.stdin is not None
        assert process.stdout is not None
        with _deadline(process), contextlib.suppress(BrokenPipeError):
            process.stdin.write(line + "\n")
            process.stdin.flush()
            return process.stdout.readline()
        return ""

    def _why(self) -> str:
        assert self._process is not None
        assert self._complaints is not None
        status = self._process.wait()
        self._complaints.seek(0)
        last = self._complaints.read()[-2000:].decode(errors="replace").strip().rpartition("\n")[2]
        if "MemoryError" in last or "can't allocate memory" in last:
            return f"it needs more than the {settings.INSPECTION_MEMORY:,} bytes of memory an inspection may use"
        if status < 0:
            return f"it was ended after {settings.INSPECTION_SECONDS:,} s, or for lack of memory"
        return f"its process ended unexpectedly: {last[:300]}"

    def _close_later(self) -> None:
        self._idle = threading.Timer(settings.INSPECTION_IDLE_SECONDS, self.close)
        self._idle.daemon = True
        self._idle.start()

    def _close(self) -> None:
        process, self._process, self.study_id = self._process, None, None
        if process is None:
            return
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout, self._complaints):
            if pipe is not None:
                with contextlib.suppress(BrokenPipeError):
                    pipe.close()


@contextlib.contextmanager
def _deadline(process: subprocess.Popen[str]) -> Iterator[None]:
    timer = threading.Timer(settings.INSPECTION_SECONDS, process.kill)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
