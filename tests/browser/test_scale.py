"""A study of 10,000 candidates and 500 generations: it is opened, scrubbed, sorted and scrolled with little work.

The calls of the page's own functions are counted: they are the same on a busy machine, where milliseconds are not.
"""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.scripted import stored_study
from tests.browser.visit import Visit, fresh_link
from tests.browser.work import calls_of

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
PATIENCE_MS = 60_000
GENERATIONS, CANDIDATES = 500, 10_000


@pytest.fixture(scope="module")
def page(browser, running_studio):
    visit = Visit(browser, fresh_link(running_studio))
    visit.page.goto(f"{running_studio.url}/studies/{stored_study(running_studio, GENERATIONS)}")
    yield visit.page
    assert visit.problems == []
    visit.context.close()


def open_tab(page: Page, tab: str) -> None:
    page.goto(f"{page.url.split('?')[0]}?tab={tab}&seen=all")
    expect(page.locator("#generation")).to_have_text(f"Generation {GENERATIONS} of {GENERATIONS}", timeout=PATIENCE_MS)
    if tab in ("live", "pareto"):
        expect(page.locator("#plot .point").first).to_be_attached(timeout=PATIENCE_MS)


@pytest.mark.parametrize(("tab", "calls"), [("live", 15), ("map", 60)])
def test_it_opens_with_so_many_calls_a_candidate(page, tab, calls):
    assert calls_of(page, lambda: open_tab(page, tab)) < calls * CANDIDATES


@pytest.mark.parametrize(("tab", "calls"), [("pareto", 8), ("population", 20), ("map", 35)])
def test_a_step_of_scrubbing_takes_so_many_calls_a_candidate(page, tab, calls):
    open_tab(page, tab)
    keys = ("ArrowLeft", "Shift+ArrowLeft", "Shift+ArrowLeft", "Home", "ArrowRight", "End")

    def scrub() -> None:
        page.locator("#playhead").focus()
        for key in keys:
            page.keyboard.press(key)
            page.evaluate("() => new Promise(requestAnimationFrame)")

    scrub()  # Plotly's first drawing is behind us
    assert calls_of(page, scrub) / len(keys) < calls * CANDIDATES


def test_scrolling_ten_thousand_rows_draws_few(page):
    open_tab(page, "population")
    expect(page.locator("#population-words")).to_have_text("10,000 candidates")
    counts: list[int] = []

    def scroll() -> None:
        page.locator("#population .scroller").hover()
        for _ in range(15):
            page.mouse.wheel(0, 4_000)
            counts.append(page.locator("#population tbody tr").count())
        page.mouse.wheel(0, -100_000)

    assert calls_of(page, scroll) / 16 < 5_000
    assert max(counts) < 100


def test_sorting_filtering_and_the_slider_of_lambda_take_so_many_calls_a_candidate(page):
    open_tab(page, "population")

    def act() -> None:
        for key in ("spikes", "architecture", "fitness"):
            page.locator(f"[data-key={key}]").click()
        page.locator("#f-pattern").fill("R5-*-S")
        page.locator("#f-pattern").fill("")

    assert calls_of(page, act) / 5 < 20 * CANDIDATES
    open_tab(page, "pareto")

    def slide() -> None:
        for value in ("-0.2", "-0.3", "-0.05"):
            page.locator("#lambda-slider").fill(value)

    slide()
    assert calls_of(page, slide) / 3 < 12 * CANDIDATES
