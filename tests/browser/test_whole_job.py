"""A newcomer's visit in Chromium: sign in, launch, watch, reload, look inside, download, reproduce."""

import json
import re
import subprocess
import sys

import pytest
from playwright.sync_api import Page, expect

from engine.config.study import StudyConfig
from tests.browser.accessibility import violations
from tests.browser.conftest import GENERATIONS, long_search
from tests.browser.visit import Visit, fresh_link

pytestmark = [pytest.mark.browser, pytest.mark.timeout(900)]
PAGES = {
    "studies": "/",
    "new": "/studies/new",
    "datasets": "/datasets",
    "docs": "/docs/",
    "docs-data": "/docs/data",
    "docs-tables": "/docs/tables",
    **{
        f"docs-{name}": f"/docs/{name}"
        for name in ("configurator", "viewer", "paper", "durability", "spikes", "speed", "glossary")
    },
    "admin": "/admin/",
    "admin-studies": "/admin/studies/study/",
    "admin-workers": "/admin/studies/worker/",
}
PATIENCE_MS = 240_000


def launch(page: Page, wanted: StudyConfig) -> None:
    """Through the configurator: the preset first, then the config's JSON twin."""
    page.get_by_role("link", name="New study").first.click()
    page.locator("#twin summary").click()
    page.locator("#json").fill(wanted.model_dump_json(indent=2))
    expect(page.locator("#name")).to_have_value(wanted.name)
    expect(page.locator("#estimate")).to_contain_text("3,125")  # 5 blocks in 5 layers
    button = page.locator("#launch")
    expect(button).to_be_enabled()
    button.click()
    page.wait_for_url(re.compile(r"/studies/[0-9a-f-]{36}$"))


def logged(page: Page, words: str) -> None:
    expect(page.locator("#log li").filter(has_text=words)).to_have_count(1, timeout=PATIENCE_MS)


def finish(page: Page, study: str) -> dict:
    """The event with the winner's numbers: among the last few."""
    last = page.evaluate("id => fetch(`/api/studies/${id}`).then(r => r.json())", study)["last_seq"]
    address = f"/api/studies/{study}/events?after={last - 3}"
    rows = page.evaluate("url => fetch(url).then(r => r.json())", address)["events"]
    [found] = [row["event"] for row in rows if row["event"]["kind"] == "study_finished"]
    return found


def test_a_whole_study_in_the_browser(browser, running_studio, pictures, tmp_path):
    visit = Visit(browser, running_studio.link)
    page = visit.page
    launch(page, long_search("Browser test"))

    # generations arrive one after the other, without a reload; a second tab watches undisturbed
    other = visit.context.new_page()
    other.goto(page.url + "?tab=log")
    page.evaluate("window.neverReloaded = true")
    logged(page, f"generation 1 of {GENERATIONS}")
    seen = page.locator("#log li").count()
    expect(page.locator("#log li").nth(seen + 5)).to_be_attached(timeout=PATIENCE_MS)
    assert page.evaluate("window.neverReloaded") is True

    # reloads from the middle on lose nothing: every event is there again, once
    for _ in range(5):
        before = page.locator("#log li").all_inner_texts()
        page.reload()
        expect(page.locator("#log li").nth(len(before) - 1)).to_be_attached(timeout=PATIENCE_MS)
        after = page.locator("#log li").all_inner_texts()
        assert after[-len(before) :] == before
    assert page.evaluate("window.neverReloaded") is None
    expect(page.locator("#state")).to_have_text("running")

    # a candidate that one selects shows its heatmap, whose sum is the candidate's spikes
    page.goto(page.url.split("?")[0] + "?g=1&tab=population")
    row = page.locator("#population tbody tr").nth(3)
    expect(row).to_be_visible(timeout=PATIENCE_MS)
    spikes = row.locator("td").nth(4).get_attribute("title").removesuffix(" spikes per image")
    row.locator("button.pick").click()
    expect(page.locator("#inspector h2")).to_have_text(f"Candidate {row.get_attribute('data-id')}")
    canvas = page.locator("#inspector canvas")
    expect(canvas).to_have_attribute("aria-label", f"spikes by layer and time step, {spikes} in all")
    assert page.evaluate("new Set(document.querySelector('#inspector canvas').toDataURL()).size") > 10
    assert "c=" in page.url
    visit.take_pictures(pictures, "study-running")

    # enough is found: the search stops when its user says so
    page.get_by_text("More", exact=True).click()
    page.locator("[data-action=stop-retrain]").click()

    # the winner, its package, and its numbers again from the package alone
    page.locator("#live").click()
    page.get_by_role("link", name="Overview").click()
    expect(page.locator("#winner")).to_be_visible(timeout=PATIENCE_MS)
    expect(page.locator("#state")).to_have_text("succeeded", timeout=PATIENCE_MS)
    watched = f"finished: {page.locator('#winner code').first.inner_text()}"
    for tab in (page, other):
        logged(tab, watched)
    expect(other.locator("#log li")).to_have_count(page.locator("#log li").count())
    assert other.locator("#log li").all_inner_texts() == page.locator("#log li").all_text_contents()
    with page.expect_download() as started:
        page.locator("#download").click()
    package = tmp_path / started.value.suggested_filename
    started.value.save_as(package)
    study = page.url.split("?")[0].rsplit("/", 1)[1]
    finished = finish(page, study)
    again = evaluate(package)
    assert again["accuracy"] == finished["test_accuracy"]
    assert again["spikes"] == finished["test_spikes"]
    assert again["spikes_by_layer"] == finished["spikes_by_layer"]
    visit.take_pictures(pictures, "study-finished")
    assert visit.problems == []


def evaluate(package) -> dict:
    command = [sys.executable, "-m", "engine", "evaluate", package, "--split", "test"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_every_page_on_every_screen(browser, running_studio, pictures):
    visit = Visit(browser, fresh_link(running_studio))
    for name, path in PAGES.items():
        visit.page.goto(running_studio.url + path)
        visit.page.wait_for_load_state("networkidle")
        visit.take_pictures(pictures, name)
        assert violations(visit.page) == [], name
    assert visit.problems == []


def test_bad_input_names_its_field_and_loses_nothing(browser, running_studio):
    visit = Visit(browser, fresh_link(running_studio))
    page = visit.page
    page.goto(running_studio.url + "/studies/new")
    page.locator("#name").fill("Kept")
    page.locator("[id='network.time_steps']").fill("65")
    expect(page.locator("[id='network.time_steps-problem']")).to_contain_text("64")
    expect(page.locator("#launch")).to_be_disabled()
    page.locator("[id='network.time_steps']").fill("6")
    expect(page.locator("[id='network.time_steps-problem']")).to_be_hidden()
    expect(page.locator("#launch")).to_be_enabled()
    expect(page.locator("#name")).to_have_value("Kept")
    assert [p for p in visit.problems if not p.startswith("422")] == []
