"""What a person asks of a study: on its page, in the list, and in the jobs panel."""

from __future__ import annotations

import json
import re

import pytest
from playwright.sync_api import expect

from tests.browser.accessibility import violations
from tests.browser.visit import Visit, fresh_link
from tests.engine.tiny import tiny_config

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]
PATIENCE_MS = 120_000


POST = """([url, body]) => fetch(url, {method: "POST", body: JSON.stringify(body), headers: {
  "Content-Type": "application/json", "X-CSRFToken": /csrftoken=([^;]+)/.exec(document.cookie)[1]}})
  .then(answer => answer.json())"""


LONG = 350
"""Supernet epochs that take seconds on the fastest machine: longer than a worker takes to hear of a pause (2 s)."""


def launched(visit: Visit, generations: int, *, paused: bool = False) -> str:
    """A tiny study of so many generations, by the API; its id."""
    tiny = tiny_config()
    supernet = tiny.supernet.model_copy(update={"epochs": LONG if paused else tiny.supernet.epochs})
    search = tiny.search.model_copy(update={"generations": generations})
    name = f"Tiny, {generations} generations"
    config = tiny.model_copy(update={"name": name, "supernet": supernet, "search": search})
    visit.page.wait_for_selector("#tools, #empty", state="attached")
    made = visit.page.evaluate(POST, ["/api/studies", {"config": json.loads(config.model_dump_json())}])
    if paused:
        visit.page.evaluate(POST, [f"/api/studies/{made['id']}/pause", {}])
    return str(made["id"])


def test_verbs_in_the_browser(running_studio, browser, pictures):
    visit = Visit(browser, fresh_link(running_studio))
    page = visit.page
    page.set_default_timeout(PATIENCE_MS)
    study = launched(visit, 3, paused=True)
    page.goto(f"{running_studio.url}/studies/{study}")
    expect(page.locator("#state")).to_have_text("paused", timeout=PATIENCE_MS)
    page.get_by_text("More", exact=True).click()
    page.locator("[data-action=priority]").select_option("high")
    page.locator("[data-action=stop-retrain]").click()
    expect(page.locator("#asked")).to_have_text("stopping after this generation, then retraining")
    page.get_by_text("More", exact=True).click()
    expect(page.locator("[data-action=priority]")).to_have_value("high")
    visit.take_pictures(pictures, "actions")
    assert violations(page) == []
    page.keyboard.press("Escape")
    expect(page.locator("[data-action=delete]")).to_be_hidden()
    page.locator("#actions > [data-action=resume]").click()
    expect(page.locator("#state")).to_have_text("succeeded", timeout=PATIENCE_MS)
    expect(page.locator("#reason")).to_contain_text("stopped after generation 1 of 3, as requested")

    page.get_by_text("More", exact=True).click()
    page.locator("[name=generations]").fill("2")
    page.locator("[data-action=fork]").click()
    page.wait_for_url(re.compile(rf"/studies/(?!{study})[0-9a-f-]{{36}}$"))
    expect(page.locator("h1")).to_have_text("Tiny, 3 generations, fork at generation 1")
    expect(page.locator("#state")).to_have_text("succeeded", timeout=PATIENCE_MS)

    page.get_by_text("More", exact=True).click()
    page.locator("[data-action=delete]").click()
    page.wait_for_url(re.compile(r"/$"))
    expect(page.locator("#undo")).to_contain_text("permanent in")
    assert violations(page) == []
    page.locator("[data-action=undelete]").click()
    row = page.locator("tr", has_text="fork at generation 1")
    expect(row).to_be_visible()
    row.locator("[data-action=archive]").click()
    expect(row).to_have_count(0)
    page.get_by_role("link", name="Archive").click()
    expect(page.locator("h1")).to_have_text("Archive")
    expect(page.locator("tr", has_text="fork at generation 1")).to_be_visible()
    visit.take_pictures(pictures, "archive")
    assert violations(page) == []
    assert visit.problems == []


def test_the_jobs_panel_and_the_chapter(running_studio, browser, pictures):
    visit = Visit(browser, fresh_link(running_studio))
    page = visit.page
    page.set_default_timeout(PATIENCE_MS)
    study = launched(visit, 2)
    page.goto(f"{running_studio.url}/admin/studies/study/{study}/change/")
    expect(page.locator("[data-log]")).to_be_visible()
    page.wait_for_function("() => /succeeded|going on/.test(document.querySelector('[data-log]').textContent)")
    page.goto(f"{running_studio.url}/admin/studies/study/")
    page.screenshot(path=pictures / "jobs-panel.png", full_page=True)
    page.goto(f"{running_studio.url}/admin/studies/worker/")
    expect(page.locator("#result_list")).to_contain_text("GB")
    page.screenshot(path=pictures / "workers.png", full_page=True)
    page.goto(f"{running_studio.url}/docs/durability")
    visit.take_pictures(pictures, "durability")
    assert violations(page) == []
    assert visit.problems == []
