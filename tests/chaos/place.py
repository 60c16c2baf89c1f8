"""A whole studio that can be broken part by part: PostgreSQL, Valkey, web server, workers on hosts of their own."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.servers import Postgres, Valkey, free_port
from webapp.workers.parent_death import end_with_parent

REPOSITORY = Path(__file__).resolve().parents[2]
PATIENCE = 150.0
"""Seconds a wait may last before it counts as never."""
_clock = threading.Event()


def wait_for(true: Callable[[], bool], what: str, seconds: float = PATIENCE) -> float:
    """Look until it is so; the seconds it took. Raises Never."""
    began = time.monotonic()
    while not true():
        if time.monotonic() - began > seconds:
            raise Never(what)
        _clock.wait(0.1)
    return time.monotonic() - began


def linger(seconds: float) -> None:
    """Let a random moment come."""
    _clock.wait(seconds)


class Never(Exception):
    """What was waited for did not come."""


class Machine:
    """One worker on a host of its own name."""

    def __init__(self, host: str, environment: dict[str, str], log: Path) -> None:
        self.host, self.environment, self.log = host, environment, log
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with self.log.open("ab") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "tests.chaos.worker", self.host, "worker"],
                cwd=REPOSITORY,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                preexec_fn=_own_group,
            )

    def signal_all(self, number: signal.Signals) -> None:
        """The main process and its pool alike."""
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, number)

    def lose(self) -> None:
        """As when the plug is pulled."""
        self.signal_all(signal.SIGKILL)
        if self.process is not None:
            self.process.wait()
            self.process = None


def _own_group() -> None:
    os.setsid()
    end_with_parent()


class Place:
    """Starts everything; `machines` by host name."""

    def __init__(self, hosts: list[str], *, lease: int, slice_seconds: int = 60) -> None:
        self.var = Path(tempfile.mkdtemp(prefix="autosnn-chaos-"))
        self.postgres, self.valkey = Postgres(), Valkey()
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.lease = lease
        self.environment = {
            **os.environ,
            "AUTOSNN_VAR": str(self.var),
            "DJANGO_SETTINGS_MODULE": "webapp.settings",
            "DATABASE_URL": self.postgres.url,
            "REDIS_URL": self.valkey.url,
            "AUTOSNN_LEASE_SECONDS": str(lease),
            "AUTOSNN_SLICE_SECONDS": str(slice_seconds),
            "AUTOSNN_RUNNING_STUDIES": "100",
        }
        self.machines = {host: Machine(host, self.environment, self.var / f"{host}.log") for host in hosts}
        self.web: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self.postgres.start()
        self.valkey.start()
        os.environ.update(self.environment, DJANGO_ALLOW_ASYNC_UNSAFE="1")  # Playwright keeps a loop in this thread
        import django

        django.setup()
        from django.core.management import call_command

        for machine in self.machines.values():
            machine.start()
        call_command("migrate", verbosity=0)
        self.start_web()

    def start_web(self) -> None:
        command = ["-m", "uvicorn", "webapp.asgi:application", "--port", str(self.port), "--lifespan", "off"]
        with (self.var / "web.log").open("ab") as output:
            self.web = subprocess.Popen(
                [sys.executable, *command, "--no-access-log", "--log-level", "warning"],
                cwd=REPOSITORY, env=self.environment, stdout=output, stderr=subprocess.STDOUT,
                preexec_fn=end_with_parent,
            )  # fmt: skip

    def wait_healthy(self) -> None:
        wait_for(self._is_healthy, "a healthy studio")

    def _is_healthy(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/healthz", timeout=3) as answer:
                return bool(answer.status == 200)
        except (OSError, urllib.error.URLError):
            return False

    def kill_web(self) -> None:
        assert self.web is not None
        self.web.kill()
        self.web.wait()

    def arm(self, fault: str) -> None:
        """What shall happen to the next checkpoint write of any worker."""
        draft = self.var / "faults.draft"
        draft.write_text(fault)
        draft.rename(self.var / "faults")

    def wait_faulted(self, enough: Callable[[], bool]) -> bool:
        """Until what was armed has happened, or it is enough; whether it has happened."""
        wait_for(lambda: enough() or not (self.var / "faults").exists(), "what was armed")
        return not (self.var / "faults").exists()

    def last_words(self) -> str:
        """The end of every log, for whoever has to find out what happened."""
        logs = sorted(self.var.glob("*.log"))
        return "\n".join(f"--- {log.name}\n{log.read_text(errors='replace')[-6000:]}" for log in logs)

    def stop(self) -> None:
        for machine in self.machines.values():
            machine.signal_all(signal.SIGCONT)
            machine.lose()
        if self.web is not None:
            self.kill_web()
        self.valkey.remove()
        self.postgres.remove()
        shutil.rmtree(self.var, ignore_errors=True)


@contextlib.contextmanager
def place(hosts: list[str], *, lease: int, slice_seconds: int = 60) -> Iterator[Place]:
    made = Place(hosts, lease=lease, slice_seconds=slice_seconds)
    try:
        made.start()
        made.wait_healthy()
        yield made
    except Never:
        print(made.last_words(), file=sys.stderr, flush=True)
        raise
    finally:
        made.stop()
