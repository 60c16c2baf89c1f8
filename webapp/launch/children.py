"""Supervised child processes: restarted when they die, ended with the launcher."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from webapp.workers.parent_death import end_with_parent

LONGEST_PAUSE = 30.0
STEADY_SECONDS = 60.0


def _detach() -> None:
    """In the child: a process group of its own, default signals, and SIGKILL when the launcher dies."""
    os.setsid()
    signal.pthread_sigmask(signal.SIG_SETMASK, set())
    end_with_parent()


@dataclass
class Child:
    """One supervised program. After a death it is restarted, with a growing pause."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    log: Path
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    pause: float = 0.0
    due: float = field(default=0.0)

    def start(self) -> None:
        with self.log.open("ab") as output:
            self.process = subprocess.Popen(
                self.command,
                env=dict(self.environment),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                preexec_fn=_detach,
            )
        self.started = time.monotonic()

    def care(self) -> str | None:
        """Notice a death and restart when due; returns a sentence to print where something happened."""
        now = time.monotonic()
        if self.process is not None and self.process.poll() is not None:
            status = self.process.returncode
            self.stop_group(signal.SIGKILL)  # children of the dead process
            self.process = None
            self.pause = 0.0 if now - self.started > STEADY_SECONDS else min(max(1.0, self.pause * 2), LONGEST_PAUSE)
            self.due = now + self.pause
            return f"{self.name} ended ({_how(status)}); it starts again in {self.pause:.0f} s (log: {self.log})"
        if self.process is None and now >= self.due:
            self.start()
            return f"{self.name} is started again"
        return None

    def stop_group(self, number: signal.Signals) -> None:
        """Send a signal to the child's whole process group."""
        if self.process is not None:
            try:
                os.killpg(self.process.pid, number)
            except (ProcessLookupError, PermissionError):
                return

    def terminate(self) -> None:
        """Ask the program to end; it ends its own children."""
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()

    def wait(self, seconds: float) -> None:
        """Wait for its end; kill what is left after `seconds`."""
        if self.process is None:
            return
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(max(seconds, 0.0))
        self.stop_group(signal.SIGKILL)
        self.process.wait()


def _how(status: int) -> str:
    return f"killed by {signal.Signals(-status).name}" if status < 0 else f"exit status {status}"
