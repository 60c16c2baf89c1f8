"""The visual language in a browser: what a script is told of a colour, and the bar on top of every page."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.visit import PHONE, Visit, fresh_link

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
TOKENS = Path(__file__).resolve().parents[2] / "frontend" / "style" / "tokens.css"
VALUES = "names => names.map((name) => getComputedStyle(document.documentElement).getPropertyValue(name))"
SECTIONS = {
    "/": "Studies",
    "/studies/new": "New study",
    "/compare": "Compare",
    "/datasets": "Data sets",
    "/docs/viewer": "Docs",
    "/admin/studies/study/": "Jobs",
}


@pytest.fixture(scope="module")
def visit(browser, running_studio):
    made = Visit(browser, fresh_link(running_studio))
    yield made
    made.context.close()


def test_a_script_is_given_the_colour_of_the_theme_not_both(visit, running_studio):
    page = visit.page
    page.goto(running_studio.url + "/docs/")
    names = re.findall(r"(--[\w-]+): light-dark\(", TOKENS.read_text())
    assert "--ink" in names
    values = {}
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        values[scheme] = page.evaluate(VALUES, names)
    for name, light, dark in zip(names, values["light"], values["dark"], strict=True):
        assert light.startswith("oklch("), name
        assert dark.startswith("oklch("), name
        assert light != dark, name

    # what a person chose holds against the system
    page.emulate_media(color_scheme="light")
    page.locator("#theme").click()
    assert page.evaluate(VALUES, names) == values["dark"]
    page.locator("#theme").click()


def test_the_bar_names_the_section_and_is_small_on_a_phone(visit, running_studio):
    page = visit.page
    for size in (page.viewport_size, PHONE):
        page.set_viewport_size(size)
        for path, section in SECTIONS.items():
            page.goto(running_studio.url + path)
            expect(page.locator(".topbar [aria-current]")).to_have_text(section)
            assert page.locator(".topbar").bounding_box()["height"] <= 80, (path, size)
