"""The address of a study's page is right whenever it is needed, and holds up nothing."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.scripted import stored_study

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
GENERATIONS = 5
PATIENCE_MS = 30_000


@pytest.fixture(scope="module")
def study(running_studio) -> str:
    return stored_study(running_studio, GENERATIONS)


def ready(page: Page, generation: int) -> None:
    expect(page.locator("#generation")).to_have_text(f"Generation {generation} of {GENERATIONS}", timeout=PATIENCE_MS)


def step_back(page: Page) -> None:
    page.keyboard.press("[")


def test_a_browser_that_refuses_an_address_does_not_hold_the_page(visit, running_studio, study):
    page = visit.page
    page.add_init_script("history.replaceState = () => { throw new DOMException('too often', 'SecurityError'); }")
    page.goto(f"{running_studio.url}/studies/{study}")
    ready(page, GENERATIONS)
    step_back(page)
    ready(page, GENERATIONS - 1)
    assert visit.problems == []


def test_a_page_that_is_left_in_the_middle_of_steps_comes_back_as_it_was(visit, running_studio, study):
    page = visit.page
    page.goto(f"{running_studio.url}/studies/{study}")
    ready(page, GENERATIONS)
    page.evaluate("window.setTimeout = () => 1")  # a rest that never ends
    step_back(page)
    step_back(page)
    ready(page, 3)
    assert "g=4" in page.url
    page.goto(f"{running_studio.url}/docs/")
    page.go_back()
    ready(page, 3)
    assert visit.problems == []


def test_a_page_that_is_reloaded_at_once_stays_as_it_was(visit, running_studio, study):
    page = visit.page
    page.goto(f"{running_studio.url}/studies/{study}")
    ready(page, GENERATIONS)
    step_back(page)
    page.reload()
    ready(page, 4)
    assert visit.problems == []


def test_the_way_back_leads_to_what_was_last_shown_there(visit, running_studio, study):
    page = visit.page
    page.goto(f"{running_studio.url}/studies/{study}")
    ready(page, GENERATIONS)
    step_back(page)
    page.locator("#tabs [data-tab=map]").click()
    expect(page).to_have_url(re.compile(r"tab=map&g=4$"))
    step_back(page)
    expect(page).to_have_url(re.compile(r"tab=map&g=3$"))
    page.go_back()
    ready(page, 4)
    assert visit.problems == []
