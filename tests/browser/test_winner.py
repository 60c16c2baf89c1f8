"""The winner's heat map, once it is open: of the theme, the width and the paper that it is looked at on."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.stored import visit_of
from tests.browser.visit import PHONE

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
PATIENCE_MS = 30_000
PIXELS = "() => document.querySelector('#winner canvas').toDataURL()"
WIDTHS = """() => {
  const place = document.querySelector("#winner .heatmap");
  return [parseFloat(place.querySelector("canvas").style.width), place.clientWidth];
}"""
"""What the canvas was drawn for, and what there is."""


@pytest.fixture
def opened(browser, running_studio):
    visit, [study] = visit_of(browser, running_studio, "winner", "With a winner")
    visit.page.goto(f"{running_studio.url}/studies/{study}")
    expect(visit.page.locator("#winner h2")).to_have_text("The winner", timeout=PATIENCE_MS)
    visit.page.locator("#winner summary", has_text="Spikes by layer").click()
    expect(visit.page.locator("#winner canvas")).to_be_visible()
    yield visit
    visit.context.close()


def becomes(page: Page, look: str, wanted: object) -> None:
    page.wait_for_function(f"(wanted) => String(({look})()) === String(wanted)", arg=wanted)


def test_an_open_heat_map_follows_the_theme_and_prints_light(opened):
    page = opened.page
    light = page.evaluate(PIXELS)
    page.emulate_media(color_scheme="dark")
    page.wait_for_function(f"(light) => ({PIXELS})() !== light", arg=light)
    dark = page.evaluate(PIXELS)
    page.evaluate(f"() => matchMedia('print').addEventListener('change', () => (window.printed ??= ({PIXELS})()))")
    page.pdf(format="A4")
    assert page.evaluate("window.printed") == light
    becomes(page, PIXELS, dark)
    page.emulate_media(color_scheme="light")
    becomes(page, PIXELS, light)
    assert opened.problems == []


def test_an_open_heat_map_follows_the_width_of_the_page(opened):
    page = opened.page
    wide = page.evaluate(WIDTHS)
    page.set_viewport_size(PHONE)
    page.wait_for_function(f"() => ({WIDTHS})().every((width) => width < {wide[0]})")
    canvas, place = page.evaluate(WIDTHS)
    assert canvas == place < wide[1]
    page.set_viewport_size({"width": 1280, "height": 900})
    becomes(page, WIDTHS, wide)
    assert opened.problems == []
