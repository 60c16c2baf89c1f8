"""The study page under a finger: a tap selects, and no word tells of what only a mouse or a keyboard can do."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.scripted import stored_study
from tests.browser.visit import Visit

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
GENERATIONS = 4
PATIENCE_MS = 30_000
TABLET = {"viewport": {"width": 1024, "height": 900}, "has_touch": True, "is_mobile": True}


@pytest.fixture(scope="module")
def study(running_studio) -> str:
    return stored_study(running_studio, GENERATIONS)


@pytest.fixture
def visit(browser, running_studio, session):
    made = Visit(browser, running_studio.url + "/docs/", session, TABLET)
    yield made
    made.context.close()


def tap(page: Page, spot: dict[str, float]) -> None:
    """A tap to its very end: the mouse events that a browser makes of it come last."""
    page.evaluate("() => void (window.tapped = new Promise((done) => addEventListener('click', done, { once: true })))")
    page.touchscreen.tap(spot["x"], spot["y"])
    page.evaluate("() => window.tapped.then(() => new Promise(requestAnimationFrame))")


def test_a_tap_on_a_point_selects_it_and_another_takes_it_back(visit, running_studio, study):
    page = visit.page
    page.goto(f"{running_studio.url}/studies/{study}?tab=pareto")
    expect(page.locator("#plot .point").first).to_be_attached(timeout=PATIENCE_MS)
    title, best = page.locator("#inspector h2"), f"Best of generation {GENERATIONS}"
    expect(title).to_have_text(best)
    spot = page.evaluate(POINT)
    tap(page, spot)
    expect(title).to_have_text(re.compile(r"^Candidate \d+$"))
    tap(page, spot)
    expect(title).to_have_text(best)
    assert visit.problems == []


def test_the_sentence_under_the_plot_speaks_of_fingers(visit, running_studio, study):
    page = visit.page
    page.goto(f"{running_studio.url}/studies/{study}?tab=pareto")
    expect(page.locator("#plot-words")).to_have_text(re.compile(r"Tap a point to inspect it\.$"), timeout=PATIENCE_MS)
    expect(page.locator("#plot-words")).not_to_contain_text("Drag")


POINT = """() => {
  const points = [...document.querySelectorAll("#plot .point")].map((point) => point.getBoundingClientRect());
  const { x, y, right, bottom } = document.getElementById("plot").getBoundingClientRect();
  const inside = points.find((p) => p.x > x + 150 && p.x < right - 150 && p.y > y + 80 && p.y < bottom - 120);
  return { x: inside.x + inside.width / 2, y: inside.y + inside.height / 2 };
}"""
