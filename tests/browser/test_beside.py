"""The study page beyond the candidates: a sample of a space too large to draw whole, and published numbers."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.accessibility import violations
from tests.browser.large_space import LAYERS
from tests.browser.scripted import Script, stored_study
from tests.browser.visit import Visit, fresh_link

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
GENERATIONS = 8
SIZE = 5**LAYERS
POPULATION = 20


@pytest.fixture(scope="module")
def study(running_studio) -> str:
    return stored_study(running_studio, GENERATIONS, "tests.browser.large_space")


@pytest.fixture
def visit(browser, running_studio):
    made = Visit(browser, fresh_link(running_studio))
    yield made
    made.context.close()


def ready(page: Page, generation: int) -> None:
    expect(page.locator("#generation")).to_have_text(f"Generation {generation} of {GENERATIONS}", timeout=60_000)


MARKED = """() => {
  const [, over] = document.querySelectorAll("#map canvas");
  const probe = document.createElement("canvas").getContext("2d");
  probe.fillStyle = getComputedStyle(document.documentElement).getPropertyValue("--accent");
  probe.fillRect(0, 0, 1, 1);
  const wanted = probe.getImageData(0, 0, 1, 1).data.join();
  const { data } = over.getContext("2d").getImageData(0, 0, over.width, over.height);
  let found = 0;
  for (let i = 0; i < data.length; i += 4) found += data.slice(i, i + 4).join() === wanted;
  return found;
}"""
"""How many pixels of the map's rings mark a selected cell."""

MARKED_SOON = f"""() => new Promise((done) => {{
  const marked = {MARKED};
  const started = performance.now();
  const look = () => {{
    const found = marked();
    if (found || performance.now() - started > 10_000) done(found);
    else requestAnimationFrame(look);
  }};
  look();
}})"""
"""The same, once there are any: rings are drawn with the next frame."""


def test_a_space_too_large_to_draw_is_sampled_and_says_so(visit, running_studio, study, pictures):
    page = visit.page
    script = Script(page, running_studio.url, study)
    script.known = script.seq_of(1)
    page.goto(script.address + "?tab=map")
    ready(page, 1)
    words = page.locator("#map-words")
    expect(words).to_contain_text(re.compile(r"^Sample: [34],\d{3} of 78\.1\sk architectures, evenly spaced"))
    expect(words).to_contain_text(f"all {POPULATION} evaluated are in it")

    # what is evaluated while the map is open comes into the sample, and can be selected in it
    script.advance(5)
    ready(page, 5)
    expect(words).to_contain_text(f"all {5 * POPULATION} evaluated are in it")
    assert page.evaluate(MARKED) == 0
    page.keyboard.press("3")
    page.locator("#population tbody tr").first.locator("button.pick").click()
    page.keyboard.press("4")
    expect(page.locator("#inspector h2")).to_have_text(re.compile(r"Candidate \d+"))
    assert page.evaluate(MARKED_SOON) > 0
    visit.take_pictures(pictures, "study-map-sampled")
    assert violations(page) == []
    assert visit.problems == []


def test_a_cell_of_the_sample_that_nobody_evaluated_is_evaluated_manually(visit, running_studio, study):
    page = visit.page
    posted: list[dict[str, Any]] = []

    def answer(route) -> None:
        if route.request.method == "GET":
            return route.fulfill(json={"inspections": []})
        posted.append(route.request.post_data_json)
        return route.fulfill(status=422, json={"problems": [{"field": "architecture", "message": "No worker today."}]})

    page.route(re.compile(r"/api/studies/[^/]+/inspections"), answer)
    page.goto(f"{running_studio.url}/studies/{study}?tab=map")
    ready(page, GENERATIONS)
    page.locator("#map canvas").nth(1).focus()
    words = page.locator("#map-words")
    for _ in range(80):
        page.keyboard.press("ArrowRight")
        if "not evaluated" in words.inner_text():
            break
    code = words.inner_text().split(":")[0]
    assert code.count("-") == LAYERS - 1
    page.keyboard.press("Enter")
    expect(page.locator("#inspector")).to_contain_text("No worker today.")
    assert posted == [{"kind": "evaluation", "architecture": code}]
    assert [problem for problem in visit.problems if not problem.startswith("422")] == []


PUBLISHED = """() => {
  const trace = document.getElementById("plot").data.find((one) => one.name === "published");
  return trace ? trace.x.map((x, i) => [x, trace.y[i], trace.text[i]]) : [];
}"""
SPOT = """() => {
  const plot = document.getElementById("plot");
  const index = plot.data.findIndex((one) => one.name === "published");
  const { xaxis, yaxis } = plot._fullLayout;
  const box = plot.getBoundingClientRect();
  const { x, y } = plot.data[index];
  const last = x.indexOf(Math.max(...x));
  return { last, x: box.x + xaxis._offset + xaxis.d2p(x[last]), y: box.y + yaxis._offset + yaxis.d2p(y[last]) };
}"""
"""Where the published point of most spikes lies on the screen, far from all candidates."""


def test_published_points_lie_beside_the_front_named_and_can_be_left_out(visit, running_studio, study, pictures):
    page = visit.page
    page.goto(f"{running_studio.url}/studies/{study}?tab=pareto")
    ready(page, GENERATIONS)
    expect(page.locator("#plot .point").first).to_be_attached()
    known = json.loads(page.locator("#published").text_content())
    assert len(known) > 3
    drawn = page.evaluate(PUBLISHED)
    assert [(x, pytest.approx(y)) for x, y, _ in drawn] == [(one["spikes"], 100 * one["accuracy"]) for one in known]
    assert [text for *_, text in drawn] == [f"{one['name']}<br>{one['source']}" for one in known]
    words = page.locator("#published-words")
    expect(words).to_contain_text("published numbers on the same data set's test split")
    page.locator("#plot").scroll_into_view_if_needed()
    spot = page.evaluate(SPOT)
    page.mouse.move(spot["x"], spot["y"])
    expect(page.locator("#plot .hoverlayer")).to_contain_text(known[spot["last"]]["name"])
    page.mouse.click(spot["x"], spot["y"])  # it is no candidate, and selects none
    assert "c=" not in page.url
    visit.take_pictures(pictures, "study-published")

    page.get_by_label("published").uncheck()
    expect(words).to_be_hidden()
    assert "published=0" in page.url
    page.reload()
    expect(page.locator("#plot .point").first).to_be_attached()
    expect(page.get_by_label("published")).not_to_be_checked()
    assert page.evaluate(PUBLISHED) == []
    page.get_by_label("published").check()
    page.locator("#x-axis").select_option("parameters")  # of which nothing is published
    expect(page.locator("#plot .xtitle")).to_have_text("parameters")
    assert page.evaluate(PUBLISHED) == []
    assert visit.problems == []


def test_a_data_set_of_which_nothing_is_published_has_no_such_choice(visit, finished_study):
    page = visit.page
    page.goto(f"{finished_study.url}?tab=pareto")
    expect(page.locator("#plot .point").first).to_be_attached()
    expect(page.locator("#published-box")).to_be_hidden()
    expect(page.locator("#published-words")).to_be_hidden()
    assert page.evaluate(PUBLISHED) == []
    assert visit.problems == []
