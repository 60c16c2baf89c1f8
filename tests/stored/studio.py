"""Asks a web application that runs on a copy of the stored state, in a process with settings of its own."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from tests.stored.entry_points import MANAGE
from tests.stored.places import REPOSITORY

OWN = ("AUTOSNN_", "DATABASE_URL", "REDIS_URL", "DJANGO_")
"""Variables of the environment that belong to another state folder."""


def environment(var: Path) -> dict[str, str]:
    """Of a process on that state folder: SQLite in it, no broker, plain torch."""
    others = {key: value for key, value in os.environ.items() if not key.startswith(OWN)}
    return {**others, "AUTOSNN_VAR": str(var), "REDIS_URL": f"unix://{var}/no.sock", "AUTOSNN_KERNELS": "off"}


def manage(var: Path, *arguments: str) -> str:
    """What `manage.py` prints; raises where it fails."""
    command = [sys.executable, str(MANAGE), *arguments]
    done = subprocess.run(command, cwd=REPOSITORY, env=environment(var), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@dataclass(frozen=True)
class Answer:
    """To one request."""

    status: int
    type: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class Studio:
    """One request after the other."""

    def __init__(self, asked: IO[str], answered: IO[str], log: Path) -> None:
        self._asked, self._answered, self._log = asked, answered, log

    def get(self, url: str, user: str | None = "keeper") -> Answer:
        return self.request("GET", url, user)

    def post(self, url: str, document: Any = None, user: str | None = "keeper") -> Answer:
        return self.request("POST", url, user, json={} if document is None else document)

    def request(self, method: str, url: str, user: str | None, **content: Any) -> Answer:
        found = self.tell(url=url, method=method, **({} if user is None else {"user": user}), **content)
        return Answer(found["status"], found["type"], found["headers"], base64.b64decode(found["body"]))

    def work(self, task: str, subject: str, seconds: float = 600) -> None:
        """Run a worker's task in the studio's process; a study's turn ends with the step that ends after `seconds`."""
        self.tell(task=task, id=subject, slice=seconds)

    def tell(self, **asked: Any) -> dict[str, Any]:
        self._asked.write(json.dumps(asked) + "\n")
        self._asked.flush()
        line = self._answered.readline()
        assert line, f"the studio's process ended: {self._log.read_text()[-2000:]}"
        found: dict[str, Any] = json.loads(line)
        return found


@contextmanager
def studio_on(var: Path) -> Iterator[Studio]:
    """On this state folder, which is brought up to date first."""
    manage(var, "migrate", "--verbosity", "0")
    log = var / "studio.log"
    command = [sys.executable, "-m", "tests.stored.studio_process"]
    with (
        log.open("w") as complaints,
        subprocess.Popen(
            command,
            cwd=REPOSITORY,
            env=environment(var),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=complaints,
            text=True,
        ) as process,
    ):
        assert process.stdin is not None
        assert process.stdout is not None
        yield Studio(process.stdin, process.stdout, log)
        process.stdin.close()
        process.wait(60)
