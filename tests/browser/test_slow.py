"""A slow network and a slow machine: the study page is usable long before its plot is here, and stays so."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import CDPSession, expect

from tests.browser.scripted import stored_study
from tests.browser.visit import Visit, fresh_link

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
GENERATIONS = 30
SLOW_3G = {"offline": False, "latency": 400, "downloadThroughput": 50_000, "uploadThroughput": 50_000}
"""Round trip in ms, bytes per second: what Chromium's own tools call slow, without their worst."""
FREE = {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1}
SLOWDOWN = 4
PATIENCE_MS = 60_000
OWN_BYTES, REQUESTS = 400_000, 90
"""Over the wire for a first visit without Plotly; with headers, not counting the socket."""


class Wire:
    """What came over the wire, and how fast it may."""

    def __init__(self, tools: CDPSession) -> None:
        self.tools = tools
        self.addresses: dict[str, str] = {}
        self.sizes: dict[str, int] = {}
        tools.on("Network.responseReceived", self._answered)
        tools.on("Network.loadingFinished", self._came)
        tools.send("Network.enable")
        tools.send("Network.clearBrowserCache")

    def _answered(self, event: dict[str, Any]) -> None:
        self.addresses[event["requestId"]] = event["response"]["url"]

    def _came(self, event: dict[str, Any]) -> None:
        if event["requestId"] in self.addresses:
            self.sizes[event["requestId"]] = event["encodedDataLength"]

    def throttle(self, conditions: dict[str, Any], slowdown: int) -> None:
        self.tools.send("Network.emulateNetworkConditions", conditions)
        self.tools.send("Emulation.setCPUThrottlingRate", {"rate": slowdown})

    def own(self) -> list[int]:
        return [size for key, size in self.sizes.items() if "/vendor/" not in self.addresses[key]]


STEP = """() => {
  const range = document.getElementById("playhead");
  range.value = String(Number(range.value) - 1);
  range.dispatchEvent(new Event("input", { bubbles: true }));
}"""
"""The page is asked for the generation before."""


def test_the_study_page_on_slow_3g_and_a_quarter_of_the_processor(browser, running_studio):
    visit = Visit(browser, fresh_link(running_studio))
    page = visit.page
    study = stored_study(running_studio, GENERATIONS)
    wire = Wire(visit.context.new_cdp_session(page))
    wire.throttle(SLOW_3G, SLOWDOWN)
    page.goto(f"{running_studio.url}/studies/{study}", wait_until="commit")

    # the head first, then every number, while the plot's place says what it waits for
    expect(page.locator("h1")).to_be_visible(timeout=PATIENCE_MS)
    expect(page.locator("#generation")).to_have_text(f"Generation {GENERATIONS} of {GENERATIONS}", timeout=PATIENCE_MS)
    expect(page.locator("#plot-empty")).to_contain_text("The plot is loading")
    assert sum(wire.own()) < OWN_BYTES
    assert len(wire.own()) < REQUESTS

    # it can be used meanwhile
    for _ in range(5):
        page.evaluate(STEP)
    expect(page.locator("#generation")).to_have_text(f"Generation {GENERATIONS - 5} of {GENERATIONS}")
    page.locator("#strips button").nth(2).click()
    expect(page.locator("#inspector h2")).to_have_text(re.compile("Candidate"))
    page.keyboard.press("3")
    expect(page.locator("#population tbody tr").first).to_be_visible()
    page.keyboard.press("1")
    expect(page.locator("#plot-empty")).to_contain_text("The plot is loading")

    wire.throttle(FREE, 1)
    expect(page.locator("#plot .point").first).to_be_attached()
    expect(page.locator("#plot-empty")).to_be_hidden()
    assert visit.problems == []
    visit.context.close()


def test_a_plot_whose_library_does_not_come_says_so_and_is_drawn_when_it_does(browser, running_studio):
    visit = Visit(browser, fresh_link(running_studio))
    page = visit.page
    study = stored_study(running_studio, 3)
    page.route("**/plotly.min.js", lambda route: route.abort())
    page.goto(f"{running_studio.url}/studies/{study}")
    expect(page.locator("#plot-empty")).to_contain_text("Plotly could not be loaded; retrying")
    page.unroute("**/plotly.min.js")
    expect(page.locator("#plot .point").first).to_be_attached()  # without a reload
    expect(page.locator("#plot-empty")).to_be_hidden()
    assert [problem for problem in visit.problems if "net::ERR" not in problem] == []
    visit.context.close()
