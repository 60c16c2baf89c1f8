"""The page of one architecture: evaluated on request, a sample traced, its neurons counted; all of it in the URL."""

import json
import re

import pytest
from playwright.sync_api import Page, expect

from engine.space.architecture import Architecture
from tests.browser.accessibility import violations
from tests.browser.visit import PHONE, Visit, fresh_link

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]
PATIENCE_MS = 120_000
SHIFTS = """() => new Promise((done) => {
  const shifts = new PerformanceObserver((list) => done(list.getEntries().reduce((sum, one) => sum + one.value, 0)));
  shifts.observe({ type: "layout-shift", buffered: true });
  setTimeout(() => done(0), 1000); // there may have been none
})"""
"""How much of the window has moved since the page was loaded (cumulative layout shift)."""


@pytest.fixture
def visit(browser, running_studio):
    found = Visit(browser, fresh_link(running_studio))
    found.page.emulate_media(reduced_motion="reduce")  # a picture in the middle of a change of colours tells nothing
    yield found
    found.context.close()


def ready(page: Page) -> None:
    """Until the page's module has drawn the diagram."""
    expect(page.locator("#diagram svg")).to_be_visible(timeout=PATIENCE_MS)


def numbers(page: Page, table: str) -> list[list[float]]:
    """The numbers of a table's rows, the last row being its sum."""
    rows = page.locator(f"{table} tr").all()
    cells = [[cell.inner_text().replace(",", "") for cell in row.locator("td.number").all()] for row in rows]
    return [[float(text) for text in row if re.fullmatch(r"[0-9.]+", text)] for row in cells if row]


def unevaluated(study) -> str:
    """An architecture of the space that the search has not evaluated."""
    evaluated = {c["architecture"] for event in study.of_kind("generation_finished") for c in event["candidates"]}
    return next(a.code for a in study.config.space.enumerate() if a.code not in evaluated and "R5-R5" in a.code)


def test_an_architecture_nobody_evaluated_is_evaluated_and_traced(visit, finished_study, pictures):
    page, code = visit.page, unevaluated(finished_study)
    page.goto(f"{finished_study.url}/archs/{code}")
    ready(page)
    expect(page.locator("#evaluate")).to_contain_text("The search has not evaluated this architecture.")
    visit.take_pictures(pictures, "architecture-unevaluated")
    assert violations(page) == []
    primary = page.locator("button.primary:visible")
    expect(primary).to_have_text(["Evaluate on the supernet"])
    primary.click()
    expect(page.locator("#numbers")).to_contain_text("validation, supernet", timeout=PATIENCE_MS)
    expect(primary).to_have_text(["Trace it"])  # what is next; one is enough

    # C19: the ledger's whole spikes sum exactly to N times the images, and its averages to N
    images = finished_study.of_kind("study_started")[0]["validation_samples"]
    shown = page.locator("#numbers div").nth(1).locator("dd").first
    spikes = float(shown.get_attribute("title").replace(",", ""))
    *rows, total = numbers(page, "#ledger table")
    assert sum(row[1] for row in rows) == total[1]
    assert abs(total[1] / images - spikes) < 0.01
    assert abs(sum(row[0] for row in rows) - spikes) < 0.01 * len(rows)

    # one sample on its way, by the keyboard alone
    page.locator("#walk-ask button").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#walk")).to_be_visible(timeout=PATIENCE_MS)
    expect(primary).to_have_text(["Count neurons"])
    slider = page.locator("#time")
    slider.focus()
    page.keyboard.press("Home")
    expect(page.locator("#time-words")).to_have_text("t = 1 of 4")
    expect(page.locator("#walk-votes .verdict")).to_contain_text("After step 1")
    page.keyboard.press("ArrowRight")
    expect(page.locator("#walk-votes .verdict")).to_contain_text("After step 2")
    node = page.locator("#diagram g.node").nth(3)
    node.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#diagram g.node").nth(3)).to_have_attribute("aria-pressed", "true")
    expect(page.locator("#diagram g.node").nth(3)).to_be_focused()
    expect(page.locator("#layer-title")).to_have_text("Layer 3 (R5)")
    expect(page.locator("#layer .raster canvas")).to_have_attribute("aria-label", re.compile("raster of 2,048 neurons"))

    # the next sample; what the page shows is in its URL, and another page shows the same
    page.get_by_role("button", name="The next sample").click()
    expect(page.locator("#sample")).to_have_value("1")
    expect(page.locator("#walk")).to_be_visible(timeout=PATIENCE_MS)
    page.get_by_role("button", name="Firing rate").click()
    expect(page).to_have_url(re.compile(r"sample=1&layer=3&t=2&scale=neuron$"))
    verdict = page.locator("#walk-votes .verdict").inner_text()
    page.goto(page.url)
    expect(page.locator("#walk-votes .verdict")).to_have_text(verdict, timeout=PATIENCE_MS)
    expect(page.locator("#time-words")).to_have_text("t = 2 of 4")
    expect(page.locator("#scale")).to_have_attribute("aria-pressed", "true")
    expect(page.locator("#spikes-panel .scale")).to_contain_text("spikes per neuron and step")

    # play goes on to the last step and stops there
    page.locator("#play").click()
    expect(page.locator("#time-words")).to_have_text("t = 4 of 4", timeout=PATIENCE_MS)
    expect(page.locator("#play")).to_have_text("Play")
    assert visit.problems == []


def test_labels_of_the_votes_lie_inside_and_over_nothing(visit, finished_study):
    page = visit.page
    page.goto(f"{finished_study.url}/archs/{finished_study.winner}")
    ready(page)
    for size in ({"width": 1280, "height": 900}, PHONE):
        page.set_viewport_size(size)
        for decided in (1, 2, 4):
            assert page.evaluate(CROSSED, decided) == [], (size, decided)
    assert visit.problems == []


CROSSED = """async (decided) => {
  const { renderVotes } = await import("/static/architecture/votes.js");
  const place = document.getElementById("walk-votes");
  document.getElementById("walk").hidden = false;
  const names = ["automobile", "extraordinary chrysanthemum"];
  const found = { class_names: names, label: 0, prediction: 1, decided_at: decided, decisions: [1, 1, 1, 1] };
  renderVotes(place, found, { shape: [4, 2], values: new Float32Array([0, 1, 0.5, 1, 0.9, 1, 0.98, 1]) }, 3);
  const picture = place.querySelector(".vote-lines");
  const edges = picture.getBoundingClientRect();
  const marks = [...picture.querySelectorAll("text, .decided")].map((mark) => [mark, mark.getBoundingClientRect()]);
  const leading = 3; // a text's box is higher than its letters
  const apart = (a, b) => a.right <= b.left || b.right <= a.left;
  const above = (a, b) => a.bottom <= b.top + leading;
  const crossed = ([, a], [, b]) => !apart(a, b) && !above(a, b) && !above(b, a);
  const outside = marks.filter(([, { left, right }]) => left < edges.left || right > edges.right);
  const over = marks.filter((one, i) => marks.slice(i + 1).some((other) => crossed(one, other)));
  return [...outside, ...over].map(([mark]) => mark.textContent);
}"""
"""What of the labels of a sample's votes is cut off, or lies over another or over the ring of the decision."""


def test_the_winner_with_both_weights_on_one_scale(visit, finished_study, pictures):
    page, winner = visit.page, finished_study.winner
    end = finished_study.of_kind("study_finished")[0]
    page.goto(f"{finished_study.url}/archs/{winner}?weights=retrained")
    ready(page)
    expect(page.locator("#numbers")).to_contain_text("test, retrained")
    expect(page.locator("#numbers")).not_to_contain_text("validation")
    expect(page.locator("#numbers dd").first).to_have_attribute("title", str(end["test_accuracy"]))
    page.locator("#beside").select_option("retrained")
    scales = page.locator("#heatmaps .scale")
    expect(scales).to_have_count(2)
    assert scales.nth(0).inner_text() == scales.nth(1).inner_text()
    expect(page.locator("#difference")).to_contain_text("Both on one scale.")
    expect(page.locator("#difference")).to_contain_text("They were measured differently")

    # every neuron of the test split; spikes of all classes sum to those of all images
    page.locator("#activity-ask button").click()
    expect(page.locator("#activity")).to_contain_text("are silent on all 60 test images", timeout=PATIENCE_MS)
    page.locator(".by-class summary").click()
    *classes, total = numbers(page, "#activity .by-class table")
    assert sum(row[2] for row in classes) == total[2]
    assert sum(row[1] for row in classes) == total[1] == 60
    assert abs(total[0] - end["test_spikes"]) < 0.01

    # C28: nothing that is seen moves while the page is built
    page.reload()
    expect(page.locator("#activity")).to_be_visible(timeout=PATIENCE_MS)
    assert page.evaluate(SHIFTS) < 0.05
    page.locator(".by-class summary").click()
    page.locator("#walk-ask button").click()
    expect(page.locator("#walk")).to_be_visible(timeout=PATIENCE_MS)
    expect(page.locator("#walk-tag")).to_have_text("test, retrained")
    assert violations(page) == []
    visit.take_pictures(pictures, "architecture")
    page.set_viewport_size(PHONE)
    assert violations(page) == []
    page.set_viewport_size({"width": 1280, "height": 900})

    # another network beside it
    page.get_by_role("button", name="Supernet, validation").click()
    expect(page.locator("#numbers")).to_contain_text("validation, supernet")
    page.locator("#beside").select_option(index=2)
    expect(page.locator("#difference")).to_contain_text("spikes per image than")
    assert visit.problems == []


def test_failures_and_absences_are_told(visit, finished_study, running_studio):
    page, winner = visit.page, finished_study.winner
    page.goto(f"{finished_study.url}/archs/{winner}")
    ready(page)

    def failed(route):
        body = {"id": "x", "kind": "sample", "architecture": winner, "weights": "supernet", "split": "validation",
                "sample": 5, "state": "failed", "reason": "its process ended <b>unexpectedly</b>", "result": None,
                "data": None, "ahead": None}  # fmt: skip
        route.fulfill(status=200, content_type="application/json", body=json.dumps(body))

    page.route("**/inspections", lambda route: failed(route) if route.request.method == "POST" else route.continue_())
    page.locator("#sample").fill("5")
    page.locator("#sample").press("Enter")
    expect(page.locator("#walk-ask [role=alert]").first).to_have_text(
        "It failed: its process ended <b>unexpectedly</b>."
    )
    page.unroute("**/inspections")
    page.locator("#walk-ask").get_by_role("button", name="Try again").click()
    expect(page.locator("#walk")).to_be_visible(timeout=PATIENCE_MS)
    assert visit.problems == []

    # a study whose supernet is not trained yet says so, and offers nothing that cannot be
    made = page.evaluate(
        """async (config) => {
          const { post } = await import("/static/lib/http.js");
          const { data } = await post("/api/studies", { config });
          await post(`/api/studies/${data.id}/cancel`);
          return data.id;
        }""",
        finished_study.config.model_dump(mode="json"),
    )
    page.goto(f"{running_studio.url}/studies/{made}/archs/{winner}")
    ready(page)
    for place in ("#evaluate", "#walk-ask", "#activity-ask"):
        expect(page.locator(place)).to_contain_text("the supernet is not trained yet; the study is")
        expect(page.locator(place).get_by_role("button")).to_have_count(0)
    assert visit.problems == []
    outside = Architecture(finished_study.config.space.at(0).blocks[:1]).code
    page.goto(f"{running_studio.url}/studies/{made}/archs/{outside}")
    expect(page.get_by_role("heading")).to_be_visible()
    assert [problem[:3] for problem in visit.problems] == ["404"]
