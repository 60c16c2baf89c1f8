"""A stored study whose events reach the page when a test says so: its socket and summary are answered here."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from typing import Any
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import Page, WebSocketRoute

from tests.processes.studio import REPOSITORY, Studio

SOCKET = re.compile(r"/ws/studies/")


def stored_study(running: Studio, generations: int, module: str = "tests.large_study") -> str:
    """A finished study of invented candidates in the studio's database; its id."""
    command = [sys.executable, "-m", module, "admin", str(generations)]
    env = {**os.environ, "AUTOSNN_VAR": str(running.var), "DJANGO_SETTINGS_MODULE": "webapp.settings"}
    done = subprocess.run(command, cwd=REPOSITORY, env=env, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip().splitlines()[-1]


class Script:
    """The events of a study, of which the page may have so many; and the sockets it opened."""

    def __init__(self, page: Page, url: str, study: str) -> None:
        self.page, self.address = page, f"{url}/studies/{study}"
        self.events = self._all(f"{url}/api/studies/{study}/events")
        self.summary = page.request.get(f"{url}/api/studies/{study}").json() | {"state": "running", "progress": 0.5}
        self.known = 0
        self.reachable = True
        self.sockets: list[WebSocketRoute] = []
        self.asked: list[int] = []
        page.route_web_socket(SOCKET, self._opened)
        page.route(f"{url}/api/studies/{study}", lambda route: route.fulfill(json=self._summary()))

    def _all(self, address: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        while True:
            answer = self.page.request.get(f"{address}?after={len(found)}").json()
            found += answer["events"]
            if len(found) >= answer["last_seq"]:
                return found

    def _opened(self, socket: WebSocketRoute) -> None:
        if not self.reachable:
            socket.close(code=3000)
            return
        self.sockets.append(socket)
        after = int(parse_qs(urlsplit(socket.url).query)["after"][0])
        self.asked.append(after)
        socket.on_message(lambda text: self._say(socket, self.between(json.loads(str(text))["after"])))
        socket.send(json.dumps({"type": "hello", "last_seq": self.known, "summary": self._summary()}))
        self._say(socket, self.between(after))

    def _summary(self) -> dict[str, Any]:
        return self.summary | {"last_seq": self.known}

    def _say(self, socket: WebSocketRoute, events: list[dict[str, Any]]) -> None:
        socket.send(json.dumps({"type": "events", "events": events}))

    def between(self, after: int) -> list[dict[str, Any]]:
        return self.events[after : self.known]

    def seq_of(self, generation: int) -> int:
        """The number of the event that ends a generation, counted from 1."""
        return next(
            e["seq"]
            for e in self.events
            if e["event"]["kind"] == "generation_finished" and e["event"]["generation"] == generation - 1
        )

    def send(self, *events: dict[str, Any]) -> None:
        """Exactly these, whatever the page has."""
        self._say(self.sockets[-1], list(events))

    def advance(self, generation: int) -> None:
        """News: everything up to the end of a generation."""
        before, self.known = self.known, self.seq_of(generation)
        self.send(*self.events[before : self.known])

    def provisional(self, event: dict[str, Any]) -> None:
        self.sockets[-1].send(json.dumps({"type": "progress", "event": event}))

    def drop(self) -> None:
        self.sockets[-1].close(code=3000)
