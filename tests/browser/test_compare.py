"""Comparing in Chromium: by the address, by the picker, by keyboard; what is shown, and what is said when it fails."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.accessibility import violations
from tests.browser.stored import visit_of

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]
PATIENCE_MS = 60_000


@pytest.fixture(scope="module")
def comparing(browser, running_studio):
    """A user with three recorded studies, two of one name."""
    visit, ids = visit_of(browser, running_studio, "comparer", "Base", "Base", "Third")
    yield visit, ids, running_studio.url
    visit.context.close()


def test_studies_and_architectures_side_by_side(comparing, pictures):
    visit, (a, b, c), url = comparing
    page = visit.page
    hosts = set()
    page.on("request", lambda request: hosts.add(re.match(r"\w+:(//[^/]+)?", request.url).group()))
    page.goto(f"{url}/compare?s={a},{b}")
    expect(page.locator("#fronts .main-svg").first).to_be_visible(timeout=PATIENCE_MS)
    expect(page.locator("#fronts-sentence")).to_contain_text("reference point (accuracy 0, 4,110.75 spikes)")
    expect(page.locator("#chosen li")).to_have_text([re.compile("Base, seed 0 .1."), re.compile("Base, seed 0 .2.")])
    expect(page.locator("#differences")).to_contain_text("the same in every field")

    # by keyboard: the picker takes the first match on Enter, and the address follows
    page.locator("#search").fill("third")
    page.keyboard.press("Enter")
    expect(page.locator("#chosen li")).to_have_count(3)
    expect(page.locator("#table tbody tr")).to_have_count(3)
    assert page.evaluate("location.search") == f"?s={a},{b},{c}"
    expect(page.locator("#search")).to_be_focused()

    # architectures: one by its button, one by its genome, and one that was never judged
    page.get_by_role("button", name="Compare R5-C5-S (validation, supernet) of Third").first.click()
    expect(page.locator("#strips tbody tr")).to_have_count(1)
    page.locator("#genome").fill("R3-R3-C3")
    page.keyboard.press("Enter")
    expect(page.locator("#strips tbody tr")).to_have_count(2)
    page.locator("#genome").fill("not a genome")
    page.keyboard.press("Enter")
    expect(page.locator("#genome-problem")).to_contain_text("such as R5-S-C3")
    page.locator("#genome").fill("C5-C5-R5")
    page.keyboard.press("Enter")
    expect(page.locator("#chosen-architectures .problem")).to_contain_text("did not judge C5-C5-R5")
    page.get_by_role("button", name=re.compile("Take C5-C5-R5")).click()
    expect(page.locator("#chosen-architectures li")).to_have_count(2)

    # one scale for both maps, and a waterfall whose steps are the difference
    expect(page.locator("#heatmaps canvas")).to_have_count(2)
    expect(page.locator("#one-scale")).to_contain_text("one scale for all")
    expect(page.locator("#waterfall-words")).to_contain_text("R5-C5-S of Third (2,922.28)")
    numbers = page.locator("#waterfall tbody td.number").all_inner_texts()
    first, *steps, last = (float(text.replace(",", "").replace("−", "-")) for text in numbers)
    assert sum(steps) == pytest.approx(last - first, abs=0.05)
    page.locator("#per-neuron").click()
    expect(page.locator("#one-scale")).to_contain_text("per neuron")

    # the address alone brings all of it back
    seen = page.locator("main").inner_text()
    page.goto(page.url)
    expect(page.locator("#waterfall-words")).to_be_visible(timeout=PATIENCE_MS)
    expect(page.locator("#fronts .main-svg").first).to_be_visible(timeout=PATIENCE_MS)
    expect(page.locator("#status")).to_have_text("")
    assert page.locator("main").inner_text() == seen
    assert hosts <= {url.replace("/compare", ""), "data:", "blob:"}
    assert violations(page) == []
    visit.take_pictures(pictures, "compare")
    assert visit.problems == []


def test_nothing_chosen_says_what_to_do(comparing, pictures):
    visit, _, url = comparing
    visit.page.goto(f"{url}/compare")
    expect(visit.page.locator("#nothing")).to_be_visible()
    expect(visit.page.locator("#found button")).to_have_count(3)
    assert violations(visit.page) == []
    visit.take_pictures(pictures, "compare-empty")
    visit.page.locator("#found button").first.click()
    expect(visit.page.locator("#compared")).to_be_visible(timeout=PATIENCE_MS)
    expect(visit.page.locator("#nothing")).to_be_hidden()
    assert visit.problems == []


def test_a_lost_server_and_a_foreign_study_are_said_and_lose_nothing(comparing):
    visit, (a, b, _), url = comparing
    page = visit.page
    page.goto(f"{url}/compare?s={a}")
    expect(page.locator("#table tbody tr")).to_have_count(1, timeout=PATIENCE_MS)
    visit.context.set_offline(True)
    page.locator("#found button").first.click()
    expect(page.locator("#problem")).to_contain_text("The server cannot be reached")
    expect(page.locator("#table tbody tr")).to_have_count(1)
    visit.context.set_offline(False)
    page.goto(f"{url}/compare?s={b},00000000-0000-4000-8000-000000000000")
    expect(page.locator("#problem")).to_contain_text("does not exist, or is not yours")
    page.get_by_role("button", name="Take study 00000000 away").click()
    expect(page.locator("#problem")).to_be_hidden()
    expect(page.locator("#table tbody tr")).to_have_count(1, timeout=PATIENCE_MS)
    assert [p for p in visit.problems if not p.startswith("404")] == []
