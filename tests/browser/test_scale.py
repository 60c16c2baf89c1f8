"""A study of 10,000 candidates and 500 generations: it opens within 2 s; no task of scrolling or scrubbing is long."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.scripted import stored_study
from tests.browser.visit import Visit, fresh_link

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
PATIENCE_MS = 60_000
OPENS_MS, PAINTS_MS, TASK_MS = 2_000, 1_000, 200
ROUNDS = 8
"""On a shared machine others' work lengthens a task as the clock sees it: one good round of so many is enough."""

OBSERVE = """window.tasks = [];
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) window.tasks.push(Math.round(entry.duration));
}).observe({ type: "longtask", buffered: true });
window.opened = null;
document.addEventListener("DOMContentLoaded", () => {
  const place = document.getElementById("generation");
  if (!place) return;
  new MutationObserver((_, observer) => {
    if (place.textContent !== "Generation 500 of 500") return;
    window.opened = performance.now();
    observer.disconnect();
  }).observe(place, { childList: true, characterData: true, subtree: true });
});"""


@pytest.fixture(scope="module")
def page(browser, running_studio):
    visit = Visit(browser, fresh_link(running_studio))
    visit.page.add_init_script(OBSERVE)
    visit.page.goto(f"{running_studio.url}/studies/{stored_study(running_studio, 500)}")
    yield visit.page
    assert visit.problems == []
    visit.context.close()


TIMES = """() => ({
  opened: window.opened,
  painted: performance.getEntriesByName("first-contentful-paint")[0].startTime,
})"""


def opened(page: Page, tab: str) -> dict[str, Any]:
    page.goto(f"{page.url.split('?')[0]}?tab={tab}&seen=all")
    expect(page.locator("#generation")).to_have_text("Generation 500 of 500", timeout=PATIENCE_MS)
    if tab in ("live", "pareto"):
        expect(page.locator("#plot .point").first).to_be_attached(timeout=PATIENCE_MS)
    return page.evaluate(TIMES)


@pytest.mark.parametrize("tab", ["live", "map"])
def test_it_opens_within_two_seconds(page, tab):
    rounds = []
    for _ in range(ROUNDS):
        rounds.append(opened(page, tab))
        if rounds[-1]["opened"] < OPENS_MS and rounds[-1]["painted"] < PAINTS_MS:
            return
    raise AssertionError(rounds)


def longest(page: Page, act) -> int:
    """The longest task while something is done: of the first round that is short enough, or of the best."""
    found: list[int] = []
    while len(found) < ROUNDS and min(found, default=TASK_MS) >= TASK_MS:
        page.evaluate("window.tasks.length = 0")
        act()
        page.evaluate("() => new Promise((done) => requestAnimationFrame(() => setTimeout(done, 100)))")
        found.append(max(page.evaluate("window.tasks"), default=0))
    return min(found)


@pytest.mark.parametrize("tab", ["pareto", "population", "map"])
def test_scrubbing_has_no_long_task(page, tab):
    opened(page, tab)

    def scrub() -> None:
        page.locator("#playhead").focus()
        for key in ("ArrowLeft", "Shift+ArrowLeft", "Shift+ArrowLeft", "Home", "ArrowRight", "End"):
            page.keyboard.press(key)
            page.evaluate("() => new Promise(requestAnimationFrame)")

    scrub()  # Plotly's first drawing is behind us
    assert longest(page, scrub) < TASK_MS


def test_scrolling_ten_thousand_rows_has_no_long_task_and_few_elements(page):
    opened(page, "population")
    expect(page.locator("#population-words")).to_have_text("10,000 candidates")
    counts: list[int] = []

    def scroll() -> None:
        page.locator("#population .scroller").hover()
        for _ in range(15):
            page.mouse.wheel(0, 4_000)
            counts.append(page.locator("#population tbody tr").count())
        page.mouse.wheel(0, -100_000)

    assert longest(page, scroll) < TASK_MS
    assert max(counts) < 100


def test_sorting_filtering_and_the_slider_of_lambda_have_no_long_task(page):
    opened(page, "population")

    def act() -> None:
        for key in ("spikes", "architecture", "fitness"):
            page.locator(f"[data-key={key}]").click()
        page.locator("#f-pattern").fill("R5-*-S")
        page.locator("#f-pattern").fill("")

    assert longest(page, act) < TASK_MS
    opened(page, "pareto")

    def slide() -> None:
        for value in ("-0.2", "-0.3", "-0.05"):
            page.locator("#lambda-slider").fill(value)

    slide()
    assert longest(page, slide) < TASK_MS
