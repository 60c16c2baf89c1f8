"""A study goes on while its page is cut off: by the network for half a minute, by the web server's death."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import time
import urllib.error
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from engine.config.presets import PRESETS
from tests.browser.visit import Visit, fresh_link
from tests.processes.session import Session
from tests.processes.studio import PATIENCE, Studio

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
OUTAGE_SECONDS = 30
MISSED = 3
"""Events that must have come to pass unseen before the page may come back."""
PATIENCE_MS = 60_000


class Watched:
    """A study that ends on no machine, a page that shows its log, and the API beside it."""

    def __init__(self, visit: Visit, running: Studio) -> None:
        self.visit, self.page, self.running = visit, visit.page, running
        self.api = Session(running, fresh_link(running))
        quick = PRESETS["quick-look"].config
        config = quick.model_copy(
            update={
                "name": "Goes on",
                "data": quick.data.model_copy(update={"train_samples": 300, "test_samples": 60, "image_size": 32}),
                "network": quick.network.model_copy(update={"time_steps": 8}),
                "supernet": quick.supernet.model_copy(update={"epochs": 10_000}),
            }
        )
        self.id = self.api.post("/api/studies", {"config": config.model_dump(mode="json")})["id"]
        self.sockets: list[int] = []
        self.page.on("websocket", lambda socket: self.sockets.append(int(re.findall(r"after=(\d+)", socket.url)[0])))
        self.page.goto(f"{running.url}/studies/{self.id}?tab=log")
        self.page.evaluate("window.neverReloaded = true")
        expect(self.page.locator("#log li").nth(4)).to_be_attached(timeout=PATIENCE_MS)

    def stored(self) -> list[str]:
        """The time stamp of every event, oldest first, as the API has them."""
        return [row["time"] for row in self.api.events(self.id)]

    def shown(self) -> list[str]:
        """The same, as the page has them."""
        return self.page.locator("#log time").evaluate_all("all => all.map((one) => one.dateTime).reverse()")

    def go_on(self, events: int, seconds: float = 0) -> None:
        """Until so many more events are stored and so much time has passed."""
        ready, deadline, wanted = time.monotonic() + seconds, time.monotonic() + PATIENCE, len(self.stored()) + events
        while time.monotonic() < ready or len(self.stored()) < wanted:
            assert time.monotonic() < deadline, self.api.get(f"/api/studies/{self.id}")
            self.running.pause()

    def hold(self) -> None:
        """Pause the study, so that its events are all there are."""
        self.api.post(f"/api/studies/{self.id}/pause", {})
        expect(self.page.locator("#state")).to_have_text("paused", timeout=PATIENCE_MS)

    def told_once(self) -> None:
        """Page and API agree, event by event; the page is the one that was opened."""
        self.hold()
        expect(self.page.locator("#log li")).to_have_count(len(self.stored()))
        assert self.shown() == self.stored()
        assert self.page.evaluate("window.neverReloaded")
        self.page.reload()
        expect(self.page.locator("#log li")).to_have_count(len(self.stored()))

    def problems(self) -> list[str]:
        return [problem for problem in self.visit.problems if "net::ERR" not in problem]


@pytest.fixture
def watched(browser: Browser, running_studio: Studio) -> Iterator[Watched]:
    visit = Visit(browser, fresh_link(running_studio))
    made = Watched(visit, running_studio)
    yield made
    made.api.post(f"/api/studies/{made.id}/cancel", {})
    visit.context.close()


def chip(page: Page):
    return page.locator("#connection")


def test_half_a_minute_without_a_network(watched: Watched):
    page = watched.page
    expect(chip(page)).to_be_hidden()
    watched.visit.context.set_offline(True)
    expect(chip(page)).to_have_text(re.compile("^Offline"))
    before = watched.shown()
    page.get_by_role("link", name="Training").click()  # what is here goes on working
    expect(page.locator("#supernet-panel")).to_be_visible()
    page.get_by_role("link", name="Log").click()
    watched.go_on(MISSED, OUTAGE_SECONDS)
    assert watched.shown() == before
    watched.visit.context.set_offline(False)
    expect(chip(page)).to_be_hidden()
    watched.told_once()
    assert watched.sockets[1:-1] == [len(before)] * (len(watched.sockets) - 2)  # nothing was sent a second time
    assert watched.problems() == []


def web_server(running: Studio) -> int:
    [found] = [pid for pid in running.pids() if b"uvicorn" in Path(f"/proc/{pid}/cmdline").read_bytes()]
    return found


def wait_answered(running: Studio) -> None:
    """Until the launcher has a web server again that takes connections."""
    running.wait_said("web server is started again")
    deadline = time.monotonic() + PATIENCE
    while True:
        with contextlib.suppress(urllib.error.URLError, ConnectionError):
            if running.health()[0] == 200:
                return
        assert time.monotonic() < deadline, running.printed()
        running.pause()


def test_the_web_server_is_killed_and_comes_back(watched: Watched):
    page, running = watched.page, watched.running
    before = len(watched.shown())
    killed = web_server(running)
    os.kill(killed, signal.SIGKILL)
    wait_answered(running)
    assert web_server(running) != killed
    watched.go_on(MISSED)
    expect(chip(page)).to_be_hidden(timeout=PATIENCE_MS)
    watched.told_once()
    assert watched.sockets[0] == 0
    assert min(watched.sockets[1:-1]) >= before
    assert watched.problems() == []
