"""What a person asks of a study: on its page, in the list, and in the jobs panel."""

from __future__ import annotations

import json
import re

import pytest
from playwright.sync_api import expect

from engine.config.study import StudyConfig
from tests.browser.accessibility import violations
from tests.browser.conftest import GENERATIONS, long_search
from tests.browser.visit import Visit, fresh_link
from tests.engine.tiny import tiny_config

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]
PATIENCE_MS = 120_000


POST = """([url, body]) => fetch(url, {method: "POST", body: JSON.stringify(body), headers: {
  "Content-Type": "application/json", "X-CSRFToken": /csrftoken=([^;]+)/.exec(document.cookie)[1]}})
  .then(answer => answer.json())"""


def launched(visit: Visit, config: StudyConfig) -> str:
    """By the API; the study's id."""
    visit.page.wait_for_selector("#tools, #empty", state="attached")
    made = visit.page.evaluate(POST, ["/api/studies", {"config": json.loads(config.model_dump_json())}])
    return str(made["id"])


def paused(visit: Visit, config: StudyConfig) -> str:
    """One that was paused at once: before its first generation, or in the midst of a search that nothing else ends."""
    study = launched(visit, config)
    visit.page.evaluate(POST, [f"/api/studies/{study}/pause", {}])
    return study


def test_verbs_in_the_browser(running_studio, browser, pictures):
    visit = Visit(browser, fresh_link(running_studio))
    page = visit.page
    page.set_default_timeout(PATIENCE_MS)
    study = paused(visit, long_search("Paused"))
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
    expect(page.locator("#reason")).to_contain_text(
        re.compile(rf"stopped after generation \d+ of {GENERATIONS}, as requested")
    )
    found = re.search(r"generation (\d+)", page.locator("#reason").inner_text())
    assert found
    last = int(found[1])

    page.get_by_text("More", exact=True).click()
    page.locator("[name=generations]").fill(str(last + 1))
    page.locator("[data-action=fork]").click()
    page.wait_for_url(re.compile(rf"/studies/(?!{study})[0-9a-f-]{{36}}$"))
    expect(page.locator("h1")).to_have_text(f"Paused, fork at generation {last}")
    expect(page.locator("#state")).to_have_text("succeeded", timeout=PATIENCE_MS)

    page.get_by_text("More", exact=True).click()
    page.locator("[data-action=delete]").click()
    page.wait_for_url(re.compile(r"/$"))
    expect(page.locator("#undo")).to_contain_text("permanent in")
    assert violations(page) == []
    page.locator("[data-action=undelete]").click()
    row = page.locator("tr", has_text="fork at generation")
    expect(row).to_be_visible()
    row.locator("[data-action=archive]").click()
    expect(row).to_have_count(0)
    page.get_by_role("link", name="Archive").click()
    expect(page.locator("h1")).to_have_text("Archive")
    expect(page.locator("tr", has_text="fork at generation")).to_be_visible()
    visit.take_pictures(pictures, "archive")
    assert violations(page) == []
    assert visit.problems == []


def test_the_jobs_panel_and_the_chapter(running_studio, browser, pictures):
    visit = Visit(browser, fresh_link(running_studio))
    page = visit.page
    page.set_default_timeout(PATIENCE_MS)
    study = launched(visit, tiny_config())
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
