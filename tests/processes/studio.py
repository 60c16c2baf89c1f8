"""A real bin/run on a free port with a state folder of its own."""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

from tests.servers import free_port

REPOSITORY = Path(__file__).resolve().parents[2]
PATIENCE = 200.0
"""Seconds a wait may last: CI's machines are shared, and only what never happens should fail here."""


def environment() -> dict[str, str]:
    """The machine's, without what the tests set for themselves."""
    dropped = ("AUTOSNN_VAR", "DATABASE_URL", "REDIS_URL", "DJANGO_SETTINGS_MODULE", "AUTOSNN_DATA_ROOT")
    return {key: value for key, value in os.environ.items() if key not in dropped}


class Studio:
    """Its process, what it printed, and its address."""

    def __init__(self, var: Path, *, port: int | None = None) -> None:
        self.var, self.port = var, port or free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.started = time.monotonic()
        self.output = var.with_name(f"{var.name}-{self.port}.out")
        with self.output.open("wb") as out:
            self.process = subprocess.Popen(
                [REPOSITORY / "bin" / "run", "--port", str(self.port), "--var", str(var)],
                stdout=out,
                stderr=subprocess.STDOUT,
                env=environment(),
            )

    def printed(self) -> str:
        return self.output.read_text()

    def wait_ready(self) -> float:
        """Seconds until it said that it is ready."""
        self.wait_said("is ready at")
        return time.monotonic() - self.started

    def wait_said(self, words: str) -> None:
        """Until bin/run has printed these words."""
        deadline = time.monotonic() + PATIENCE
        while words not in self.printed():
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise AssertionError(f"bin/run never said {words!r}: {self.printed()}")
            self.pause()

    @property
    def link(self) -> str:
        found = re.search(r"http\S+/sign-in/\S+", self.printed())
        assert found, self.printed()
        return found.group()

    def health(self) -> tuple[int, dict[str, str]]:
        try:
            with urllib.request.urlopen(f"{self.url}/healthz", timeout=5) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as error:
            return error.code, json.load(error)

    def wait_health(self, status: int) -> dict[str, str]:
        deadline = time.monotonic() + PATIENCE
        while True:
            found, parts = self.health()
            if found == status:
                return parts
            assert time.monotonic() < deadline, f"/healthz stayed {found}: {parts}"
            self.pause()

    def pause(self) -> None:
        """Between two looks: a moment, or less where the process ends."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(0.1)

    def pids(self) -> list[int]:
        """Every process that has this state folder in its environment or its command line (Valkey rewrites both)."""
        mark = os.fsencode(self.var)
        found = []
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit():
                with contextlib.suppress(OSError):
                    if mark in (entry / "environ").read_bytes() + (entry / "cmdline").read_bytes():
                        found.append(int(entry.name))
        return found

    def worker_pids(self) -> list[int]:
        """The Celery processes: the main one and its pool."""
        return [pid for pid in self.pids() if b"celery" in Path(f"/proc/{pid}/cmdline").read_bytes()]

    def stop(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(40)


@contextlib.contextmanager
def studio(var: Path, *, port: int | None = None) -> Iterator[Studio]:
    running = Studio(var, port=port)
    try:
        running.wait_ready()
        yield running
    finally:
        if running.process.poll() is None:
            running.stop()
