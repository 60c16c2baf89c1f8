"""`python -m webapp.launch`, started by bin/run. Exit status 0 after Ctrl-C or SIGTERM, 1 where it cannot start."""

from __future__ import annotations

import argparse
import json
import os
import signal
import socket
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

from webapp.launch import checks
from webapp.launch.broker import broker
from webapp.launch.children import Child
from webapp.launch.prepare import Admin, prepare_database

REPOSITORY = Path(__file__).resolve().parents[2]
LOOPBACK = ("127.0.0.1", "localhost", "::1")
STOP_SECONDS = 15.0
SLOW_START_SECONDS = 60.0
TICK_SECONDS = 0.2
WATCHED = {signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGCHLD}


def main() -> int:
    arguments = _arguments()
    # blocked, so that they are taken one at a time by sigtimedwait; children start with them unblocked
    signal.pthread_sigmask(signal.SIG_BLOCK, WATCHED)
    try:
        checks.port_is_free(arguments.host, arguments.port)
        checks.usable(arguments.var)
        held = checks.lock(arguments.var)
        return _Launcher(arguments.host, arguments.port, arguments.var).run()
    except checks.CannotStart as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    finally:
        if "held" in locals():
            held.close()


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bin/run")
    parser.add_argument("--port", type=_port, default=8000)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--var", type=lambda text: Path(text).expanduser().resolve(), default=REPOSITORY / "var")
    return parser.parse_args()


def _port(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 65535:
        raise argparse.ArgumentTypeError(f"must be a number from 1 to 65535, got {text[:20]!r}")
    return int(text)


class _Launcher:
    """Starts broker, web server and workers, prints the URL, and restarts them until a signal stops it."""

    def __init__(self, host: str, port: int, var: Path) -> None:
        self.host, self.port, self.var = host, port, var
        self.environment = {**os.environ, "AUTOSNN_VAR": str(var), "DJANGO_SETTINGS_MODULE": "webapp.settings"}
        self.environment.setdefault("AUTOSNN_ALLOWED_HOSTS", ",".join(_names(host)))
        self.broker: Child | None = None
        if not os.environ.get("REDIS_URL"):
            self.broker, self.environment["REDIS_URL"] = broker(var, self.environment)
        self.web = Child("web server", self._web_command(), self.environment, var / "log" / "web.log")
        self.worker = self._celery("worker", "worker", "celery", pool="prefork", places=1)
        self.data_worker = self._celery("data worker", "data", "datasets,inspections", pool="threads", places=3)

    def _web_command(self) -> list[str]:
        return [
            sys.executable, "-m", "uvicorn", "webapp.asgi:application", "--host", self.host, "--port", str(self.port),
            "--ws-max-size", "65536", "--ws-max-queue", "8", "--lifespan", "off", "--no-access-log",
            "--log-level", "warning", "--timeout-graceful-shutdown", "3",
        ]  # fmt: skip

    def _celery(self, title: str, name: str, queues: str, *, pool: str, places: int) -> Child:
        """A Celery worker. Data sets, inspections and exports have a worker of their own, so that they never wait for a
        turn of a study. They compute in processes of their own, so one thread each suffices
        (webapp.workers.single_flight).
        """
        command = [
            sys.executable, "-m", "celery", "-A", "webapp", "worker", "-P", pool, "-c", str(places), "-Q", queues,
            "-n", f"{name}-{self.port}@{socket.gethostname()}", "--without-gossip", "--without-mingle", "-l", "INFO",
        ]  # fmt: skip
        return Child(title, command, self.environment, self.var / "log" / f"{name}.log")

    @property
    def url(self) -> str:
        host = "127.0.0.1" if self.host in ("0.0.0.0", "::") else self.host
        return f"http://{f'[{host}]' if ':' in host else host}:{self.port}"

    def run(self) -> int:
        """Until SIGINT, SIGTERM or SIGHUP."""
        started = time.monotonic()
        try:
            if self.broker is not None:
                self.broker.start()
            os.environ.update(self.environment)
            admin = prepare_database()
            self.web.start()
            self.worker.start()
            self.data_worker.start()
            self._serve(started, admin)
        finally:
            print("stopping …", flush=True)
            self._stop()
        return 0

    def _serve(self, started: float, admin: Admin | None) -> None:
        announced = warned = False
        while True:
            signalled = signal.sigtimedwait(WATCHED, 1.0 if announced else TICK_SECONDS)
            if signalled is not None and signalled.si_signo != signal.SIGCHLD:
                return
            for child in self._children():
                said = child.care()
                if said:
                    print(said, flush=True)
            if not announced:
                alive, why = self._health()
                if alive:
                    self._announce(time.monotonic() - started, admin)
                    announced = True
                elif not warned and time.monotonic() - started > SLOW_START_SECONDS:
                    print(f"still waiting: {why} (logs: {self.var / 'log'})", flush=True)
                    warned = True

    def _children(self) -> list[Child]:
        return [child for child in (self.broker, self.web, self.worker, self.data_worker) if child is not None]

    def _health(self) -> tuple[bool, str]:
        """Whether /healthz answers 200, and otherwise its text."""
        try:
            with urllib.request.urlopen(f"{self.url}/healthz", timeout=2) as answer:
                return answer.status == 200, ""
        except urllib.error.HTTPError as error:
            return False, json.dumps(json.loads(error.read() or b"{}"))
        except (OSError, ValueError) as error:
            return False, f"the web server does not answer yet ({error})"

    def _announce(self, seconds: float, admin: Admin | None) -> None:
        print(f"\nAutoSNN Studio is ready at {self.url}  (after {seconds:.1f} s; Ctrl-C stops it)", flush=True)
        if admin is not None:
            print(f"  sign in as {admin.username} with password {admin.password}  (shown only now)")
            print(f"  or open this link once, within an hour: {self.url}{admin.link}", flush=True)

    def _stop(self) -> None:
        """Stop web server and workers before the broker: a worker without its broker cannot shut down cleanly.

        SIGTERM is Celery's warm shutdown: it sets webapp.studies.worker.stopping at once, and the study's turn ends
        after the current batch. Remapped to SIGQUIT, Celery 5.7 would sleep its whole soft shutdown before that.
        """
        signal.pthread_sigmask(signal.SIG_BLOCK, WATCHED)
        deadline = time.monotonic() + STOP_SECONDS
        for child in (self.web, self.worker, self.data_worker):
            child.terminate()
        for child in (self.web, self.worker, self.data_worker):
            child.wait(deadline - time.monotonic())
        if self.broker is not None:
            self.broker.terminate()
            self.broker.wait(5.0)


def _names(host: str) -> list[str]:
    """Host names browsers may use; other names go into AUTOSNN_ALLOWED_HOSTS."""
    names = ["localhost", "127.0.0.1", "[::1]"]
    if host not in LOOPBACK:
        names += [socket.gethostname(), socket.getfqdn()]
        names += [] if host in ("0.0.0.0", "::") else [host]
    return names


if __name__ == "__main__":
    sys.exit(main())
