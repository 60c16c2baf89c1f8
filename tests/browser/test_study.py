"""The study page under a person's hands, on a stored study whose news comes when the test says so."""

from __future__ import annotations

import gzip
import itertools
import json
import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.accessibility import violations
from tests.browser.scripted import stored_study
from tests.browser.visit import PHONE, Visit

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
GENERATIONS = 30
TABS = ("live", "pareto", "population", "map", "lineage", "training", "log")
PICTURED = ("live", "pareto", "map")
LAST = f"Generation {GENERATIONS} of {GENERATIONS}"
PATIENCE_MS = 30_000


@pytest.fixture(scope="module")
def study(running_studio) -> str:
    return stored_study(running_studio, GENERATIONS)


def ready(page: Page, words: str = LAST) -> None:
    """Until the page has drawn what it knows."""
    expect(page.locator("#generation")).to_have_text(words, timeout=PATIENCE_MS)


def plotted(page: Page) -> None:
    expect(page.locator("#plot .point").first).to_be_attached(timeout=PATIENCE_MS)


def seqs(page: Page) -> int:
    return page.locator("#log li").count()


def test_every_tab_is_accessible_in_both_themes_and_fits_a_phone(visit, running_studio, study, pictures):
    page = visit.page
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.add_init_script(SUM_SHIFTS)
    for tab in TABS:
        page.goto(f"{running_studio.url}/studies/{study}?tab={tab}&c=7&seen=all")
        ready(page)
        if tab in ("live", "pareto"):
            plotted(page)
        expect(page.locator(f"#tabs [data-tab={tab}]")).to_have_attribute("aria-current", "page")
        assert page.evaluate("window.shifts") < 0.05, tab
        assert violations(page) == []
        if tab in PICTURED:
            visit.take_pictures(pictures, f"study-{tab}")
    own = (running_studio.url, running_studio.url.replace("http", "ws"), "blob:", "data:")
    assert [url for url in asked if not url.startswith(own)] == []
    assert visit.problems == []


SUM_SHIFTS = """window.shifts = 0;
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shifts += entry.value;
}).observe({ type: "layout-shift", buffered: true });"""


def test_news_moves_nothing_that_a_person_holds(visit, script):
    page = visit.page
    script.known = script.seq_of(5)
    page.goto(script.address + "?tab=population&seen=all&c=3")
    ready(page, f"Generation 5 of {GENERATIONS}")
    rows = page.locator("#population tbody tr")
    scroller = page.locator("#population .scroller")

    # a hovered row stays under the pointer; its chip tells of news and brings it
    held = rows.nth(4)
    held.hover()
    before = (held.bounding_box(), held.get_attribute("data-id"))
    script.advance(9)
    ready(page, f"Generation 9 of {GENERATIONS}")
    chip = page.locator("#population-panel .news")
    expect(chip).to_be_visible()
    assert (held.bounding_box(), held.get_attribute("data-id")) == before
    expect(page.locator("#population-words")).to_have_text("100 candidates")
    page.mouse.move(5, 5)
    expect(page.locator("#population-words")).to_have_text("180 candidates")
    expect(chip).to_be_hidden()

    # scrolled: the first row in sight stays first; selection and sort stay
    scroller.evaluate(
        """async (element) => {
          element.scrollTop = 32 * 40 + 9;
          for (let k = 0; k < 3; k++) await new Promise(requestAnimationFrame);
        }"""
    )
    first = page.evaluate(FIRST_IN_SIGHT)
    script.advance(12)
    expect(page.locator("#population-words")).to_have_text("240 candidates")
    assert page.evaluate(FIRST_IN_SIGHT) == first
    assert "c=3" in page.url
    expect(page.locator("#inspector h2")).to_have_text("Candidate 3")

    # a focused row holds too, and the keyboard goes on
    rows.nth(10).locator("button.pick").focus()
    script.advance(13)
    ready(page, f"Generation 13 of {GENERATIONS}")
    expect(page.locator("#population-words")).to_have_text("240 candidates")
    chip.click()
    expect(page.locator("#population-words")).to_have_text("260 candidates")

    # open details in the inspector stay open, with nothing selected, while the best changes
    page.keyboard.press("Escape")
    expect(page.locator("#inspector h2")).to_have_text("Best of generation 13")
    expect(page.locator("#inspector canvas")).to_be_visible()
    page.locator("#inspector details summary").first.click()
    page.mouse.move(5, 5)
    title = page.locator("#inspector h2").inner_text()
    script.advance(20)
    ready(page, f"Generation 20 of {GENERATIONS}")
    assert page.locator("#inspector h2").inner_text() == title
    assert page.locator("#inspector details").first.get_attribute("open") is not None
    assert visit.problems == []


FIRST_IN_SIGHT = """() => {
  const scroller = document.querySelector("#population .scroller");
  const top = scroller.getBoundingClientRect().top + scroller.querySelector("thead").offsetHeight;
  for (const row of scroller.querySelectorAll("tbody tr")) {
    const box = row.getBoundingClientRect();
    if (box.bottom > top + 1) return [row.dataset.id, Math.round(box.top)];
  }
}"""


def test_zoom_and_a_hovered_point_stay_and_the_live_edge_is_one_key_away(visit, script):
    page = visit.page
    script.known = script.seq_of(5)
    page.goto(script.address + "?tab=pareto")
    ready(page, f"Generation 5 of {GENERATIONS}")
    plotted(page)
    ranges = "() => ['xaxis', 'yaxis'].map((axis) => document.getElementById('plot')._fullLayout[axis].range)"
    page.evaluate(
        "(ranges) => window.Plotly.relayout(document.getElementById('plot'), ranges)",
        {"xaxis.range": [20_000, 60_000], "yaxis.range": [60, 90]},
    )
    zoomed = page.evaluate(ranges)
    script.advance(6)
    ready(page, f"Generation 6 of {GENERATIONS}")
    expect(page.locator("#plot-words")).to_contain_text("of 120 evaluated")
    assert page.evaluate(ranges) == zoomed == [[20000, 60000], [60, 90]]

    # a hovered point: the plot waits, and draws when the pointer has left
    box = page.evaluate(POINT)
    page.mouse.move(box["x"], box["y"])
    expect(page.locator(".ring.hovered")).to_be_visible()
    script.advance(7)
    ready(page, f"Generation 7 of {GENERATIONS}")
    assert page.evaluate(POINT) == box
    expect(page.locator("#plot-words")).to_contain_text("of 120 evaluated")
    page.mouse.move(5, 5)
    expect(page.locator("#plot-words")).to_contain_text("of 140 evaluated")

    # scrubbed back: news stays at the edge, which says how much there is; one key returns
    page.keyboard.press("[")
    ready(page, f"Generation 6 of {GENERATIONS}")
    script.advance(10)
    expect(page.locator("#live")).to_have_text("Live · 3 new")
    ready(page, f"Generation 6 of {GENERATIONS}")
    page.keyboard.press("l")
    ready(page, f"Generation 10 of {GENERATIONS}")
    expect(page.locator("#live")).to_have_text("Live")
    expect(page.locator("#announce")).to_contain_text("Generation ")
    assert visit.problems == []


POINT = """() => {
  const points = [...document.querySelectorAll("#plot .point")].map((point) => point.getBoundingClientRect());
  const frame = document.getElementById("plot").getBoundingClientRect();
  const { x, y, right, bottom } = frame;
  const inside = points.find((p) => p.x > x + 150 && p.x < right - 150 && p.y > y + 80 && p.y < bottom - 120);
  return { x: inside.x + inside.width / 2, y: inside.y + inside.height / 2 };
}"""


def test_ticks_read_as_numbers_do_elsewhere_also_after_a_zoom_and_on_a_phone(visit, running_studio, study):
    page = visit.page
    page.goto(f"{running_studio.url}/studies/{study}?tab=pareto&log=1")
    plotted(page)
    across, up = page.locator("#plot .xtick text"), page.locator("#plot .ytick text")
    expect(across.first).to_have_text(TICK)
    ranges = {"xaxis.type": "linear", "xaxis.range": [41_000, 42_300], "yaxis.range": [-0.4, 0.7]}
    page.evaluate("(ranges) => void window.Plotly.relayout(document.getElementById('plot'), ranges)", ranges)
    for place, words in enumerate(("41 k", "41.2 k", "41.4 k")):
        expect(across.nth(place)).to_have_text(words)
    expect(up.first).to_have_text(re.compile("^−0[.]"))
    page.set_viewport_size(PHONE)
    expect(across.nth(4)).to_be_hidden()  # there is room for fewer
    assert all(TICK.match(text) for text in across.all_text_contents() + up.all_text_contents())
    assert visit.problems == []


TICK = re.compile(r"^−?\d+(\.\d+)?( [kMG])?$")


@pytest.mark.parametrize("tab", ["live", "pareto"])
def test_what_the_keyboard_reaches_is_not_under_the_timeline(visit, running_studio, study, tab):
    page = visit.page
    page.goto(f"{running_studio.url}/studies/{study}?tab={tab}")
    ready(page)
    plotted(page)
    reached = []
    while not reached or reached[-1]["name"] != "live":
        page.keyboard.press("Tab")
        reached.append(page.evaluate(REACHED))
    assert [one["name"] for one in reached if not one["seen"]] == []
    assert [one["name"] for one in reached if not one["ring"]] == []
    assert visit.problems == []


REACHED = """() => {
  const element = document.activeElement;
  const { x, y, width, height } = element.getBoundingClientRect();
  const inside = (place, most) => Math.min(Math.max(place, 0), most - 1);
  const top = document.elementFromPoint(inside(x + width / 2, innerWidth), inside(y + height / 2, innerHeight));
  const { outlineStyle, outlineWidth } = getComputedStyle(element);
  return {
    name: element.id || element.textContent.trim(),
    seen: element.contains(top) || top.contains(element),
    ring: outlineStyle !== "none" && parseFloat(outlineWidth) > 0,
  };
}"""


def test_a_dark_page_prints_light_its_plot_as_wide_as_the_sheet(visit, running_studio, study, pictures):
    page = visit.page
    page.emulate_media(color_scheme="dark")
    page.goto(f"{running_studio.url}/studies/{study}")
    ready(page)
    plotted(page)
    before = page.evaluate(DRAWN)
    page.evaluate(f"() => matchMedia('print').addEventListener('change', () => (window.printed ??= ({DRAWN})()))")
    assert page.pdf(format="A4", path=pictures / "study-print.pdf").startswith(b"%PDF")
    printed = page.evaluate("window.printed")
    assert printed["width"] == 640
    assert printed["theme"] == "light"
    assert printed["sheet"] in range(635, 646)
    assert sum(printed["front"]) < 200 < 500 < sum(before["front"])  # ink on paper, and the pale line of the dark page
    page.wait_for_function(f"(before) => ({DRAWN})().width === before.width", arg=before)
    page.wait_for_function(f"(before) => String(({DRAWN})().front) === String(before.front)", arg=before)
    assert page.evaluate(DRAWN) == before
    assert visit.problems == []


DRAWN = """() => ({
  width: document.querySelector("#plot .main-svg").getBoundingClientRect().width,
  sheet: Math.round(document.querySelector("#plot-frame").getBoundingClientRect().width),
  theme: document.documentElement.dataset.theme ?? null,
  front: document.querySelector("#plot path.js-line[style*='1.5px']").style.stroke.match(/\\d+/g).map(Number),
})"""


def test_the_timeline_by_keyboard_and_a_pasted_url_shows_the_same_pixels(
    visit, browser, running_studio, session, study
):
    page = visit.page
    page.goto(f"{running_studio.url}/studies/{study}?tab=pareto")
    ready(page)
    plotted(page)
    length = page.evaluate("history.length")
    page.locator("#playhead").focus()
    for key, shown in (
        ("ArrowLeft", 29), ("Shift+ArrowLeft", 24), ("Shift+ArrowRight", 29), ("Home", 1), ("ArrowRight", 2),
    ):  # fmt: skip
        page.keyboard.press(key)
        ready(page, f"Generation {shown} of {GENERATIONS}")
        expect(page).to_have_url(re.compile(rf"g={shown}\b"))
    page.keyboard.press("End")
    ready(page)
    expect(page).not_to_have_url(re.compile("g="))
    assert page.evaluate("history.length") == length  # replaced, never pushed

    # play by key, at eight times the speed, to the end
    page.locator("#speed").select_option("8")
    page.locator("#playhead").evaluate("element => element.blur()")
    for _ in range(4):
        page.keyboard.press("[")
    page.keyboard.press(" ")
    expect(page.locator("#play")).to_have_text("Pause")
    expect(page.locator("#play")).to_have_text("Play", timeout=PATIENCE_MS)
    ready(page)

    # everything is in the URL
    page.locator("#log-axis").check()
    page.locator("#lambda-slider").focus()
    for _ in range(12):
        page.keyboard.press("ArrowLeft")
    page.locator("#budget").fill("30000")
    page.locator("#front-table tr").nth(2).click()
    page.keyboard.press("[")
    ready(page, f"Generation 29 of {GENERATIONS}")
    expect(page.locator("#inspector canvas")).to_be_visible()
    expect(page).to_have_url(re.compile("g=29"))
    other = Visit(browser, running_studio.url + "/docs/", session)
    for one in (page, other.page):
        if one is other.page:
            one.goto(page.url)
            ready(one, f"Generation 29 of {GENERATIONS}")
            plotted(one)
            expect(one.locator("#inspector canvas")).to_be_visible()
        one.set_viewport_size({"width": 1280, "height": 3_000})  # the timeline lies over nothing
        one.mouse.move(2, 2)
        one.evaluate("document.activeElement.blur(); window.scrollTo(0, 0)")
    for part in ("#plot-panel", "#lambda-panel", "#inspector", "#timeline"):
        same_pixels(page, other.page, part)
    other.context.close()
    assert visit.problems == []


def same_pixels(one: Page, other: Page, part: str) -> None:
    """Both draw the part alike; a picture taken in the middle of a drawing is taken again."""
    for _ in range(20):
        if one.locator(part).screenshot() == other.locator(part).screenshot():
            return
        one.wait_for_timeout(200)
    raise AssertionError(f"{part} differs between two browsers")


def test_any_generation_is_drawn_with_the_next_frame(visit, running_studio, study):
    page = visit.page
    page.goto(f"{running_studio.url}/studies/{study}?tab=population&seen=all")
    ready(page)
    drawn = page.evaluate(
        """async () => {
          const range = document.getElementById("playhead");
          const frame = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
          const drawn = [];
          for (let g = 0; g < 24; g++) {
            range.value = String((g * 7) % 30);
            range.dispatchEvent(new Event("input", { bubbles: true }));
            await frame();
            drawn.push(document.getElementById("generation").textContent);
          }
          return drawn;
        }"""
    )
    assert drawn == [f"Generation {g * 7 % 30 + 1} of 30" for g in range(24)]


def test_one_candidate_is_lit_in_every_panel(visit, running_studio, study):
    page = visit.page
    page.goto(f"{running_studio.url}/studies/{study}?tab=live")
    ready(page)
    plotted(page)
    ring = page.locator(".ring.hovered")
    strip = page.locator("#strips button").nth(3)
    number = strip.get_attribute("data-id")
    strip.hover()
    expect(ring).to_be_visible()
    page.mouse.move(5, 5)
    expect(ring).to_be_hidden()
    strip.focus()  # by keyboard just the same
    expect(ring).to_be_visible()
    page.keyboard.press("x")
    expect(page.locator("#inspector h2")).to_have_text(f"Candidate {number}")

    # a point lights its row
    page.keyboard.press("2")
    expect(page.locator("#front-table tr").first).to_be_visible()
    row = page.locator("#front-table tr").nth(1)
    row.hover()
    expect(ring).to_be_visible()
    spot = ring.bounding_box()
    page.mouse.move(5, 5)
    expect(row).not_to_have_attribute("data-lit", "")
    page.mouse.move(spot["x"] + spot["width"] / 2, spot["y"] + spot["height"] / 2)
    expect(page.locator("#front-table tr[data-lit]")).to_have_count(1)

    # in the lineage a parent's node lights where the words name it, and selects
    page.keyboard.press("5")
    page.locator("#inspector").get_by_role("button", name="Close").click()
    expect(page.locator("#lineage-title")).not_to_have_text(f"How #{number} arose")
    node = page.locator("#lineage-picture .node").nth(1)
    parent = node.get_attribute("data-id")
    node.focus()
    expect(node).to_have_attribute("data-lit", "")
    page.keyboard.press("Enter")
    expect(page.locator("#inspector h2")).to_have_text(f"Candidate {parent}")
    assert visit.problems == []


READ_ROWS = """async () => {
  const scroller = document.querySelector("#population .scroller");
  const [ids, counts] = [[], []];
  for (let top = 0; top < scroller.scrollHeight; top += 300) {
    scroller.scrollTop = top;
    for (let k = 0; k < 2; k++) await new Promise(requestAnimationFrame);
    const rows = [...scroller.querySelectorAll("tbody tr")];
    for (const row of rows) ids[Number(row.getAttribute("aria-rowindex")) - 2] = Number(row.dataset.id);
    counts.push(rows.length);
  }
  return [ids, Math.max(...counts)];
}"""


def test_the_scale_of_the_spike_map_is_a_button_that_says_whether_it_is_pressed(visit, running_studio, study, pictures):
    page = visit.page
    page.goto(f"{running_studio.url}/studies/{study}")
    ready(page)
    look = "button => ['borderTopColor', 'color'].map((name) => getComputedStyle(button)[name])"
    scale = page.locator("#scale")
    border, ink = scale.evaluate(look)
    assert (border, ink) == tuple(page.locator("#actions a").evaluate(look))
    scale.click()
    expect(scale).to_have_attribute("aria-pressed", "true")
    page.mouse.move(5, 5)
    expect(scale).not_to_have_css("border-top-color", border)
    page.locator("#inspector").screenshot(path=pictures / "study-inspector.png")
    assert visit.problems == []


def test_lambda_ranks_as_the_engine_does_and_says_when_the_winner_changes(visit, script):
    page = visit.page
    script.known = len(script.events)
    page.goto(script.address + "?tab=population&seen=all")
    ready(page)
    found = [e["event"]["candidates"] for e in script.events if e["event"]["kind"] == "generation_finished"]
    engine = sorted((c for cs in found for c in cs), key=lambda c: (-c["fitness"], c["id"]))
    shown, most = page.evaluate(READ_ROWS)
    assert most < 100
    assert shown == [c["id"] for c in engine]

    page.keyboard.press("2")
    expect(page.locator("#lambda-words")).to_contain_text(f"the study's own, the winner is #{engine[0]['id']} ")
    page.locator("#lambda-slider").fill("-0.5")
    expect(page.locator("#lambda-words")).to_contain_text("the winner changes from")
    expect(page).to_have_url(re.compile(r"lambda=-0\.5"))
    expect(page.locator("#front-table .tag", has_text="winner")).to_have_count(1)
    page.locator("#lambda-own").click()
    expect(page.locator("#lambda-words")).to_contain_text(", the study's own, the winner is")
    assert visit.problems == []


def test_filters_find_genomes_and_the_csv_holds_what_is_shown(visit, running_studio, study):
    page = visit.page
    page.goto(f"{running_studio.url}/studies/{study}")
    ready(page)
    page.keyboard.press("/")
    expect(page.locator("#f-pattern")).to_be_focused()
    page.keyboard.type("R5-*-S")
    page.get_by_label("all seen").check()
    page.locator("#f-origin").select_option("mutation")
    for part in (r"f=R5-(\*|%2A)-S", "origin=mutation", "seen=all", "tab=population"):
        expect(page).to_have_url(re.compile(part))
    rows = page.locator("#population tbody tr")
    others = rows.filter(has=page.locator("td.origin").filter(has_not_text="mutation"))
    expect(others).to_have_count(0)  # all three are drawn now; rows of before would leave while they are read
    expect(page.locator("#population-words")).to_contain_text("of 600 candidates")
    genomes = rows.locator(".genome").evaluate_all("(all) => all.map((one) => one.getAttribute('aria-label'))")
    assert genomes
    assert all(re.fullmatch(r"genome R5-\w+-S-.*", genome) for genome in genomes)
    count = int(page.locator("#population-words").inner_text().split()[0])
    page.locator("[data-key=spikes]").click()
    with page.expect_download() as started:
        page.locator("#csv").click()
    lines = started.value.path().read_text().strip().splitlines()
    assert "validation split, supernet weights" in lines[0]
    assert len(lines) == count + 2
    spikes = [float(line.split(",")[4]) for line in lines[2:]]
    assert spikes == sorted(spikes)

    # Escape takes the pattern back, and then leaves the field
    pattern = page.locator("#f-pattern")
    pattern.focus()
    page.keyboard.press("Escape")
    expect(pattern).to_have_value("")
    expect(pattern).to_be_focused()
    expect(page).not_to_have_url(re.compile(r"\bf="))
    page.keyboard.press("Escape")
    expect(pattern).not_to_be_focused()

    # j and k walk the rows
    page.locator("#population-title").click()
    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(rows.nth(1)).to_have_attribute("data-selected", "")
    page.keyboard.press("k")
    expect(rows.nth(0)).to_have_attribute("data-selected", "")
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#keys")).to_be_hidden()
    assert visit.problems == []


RESULT = {"accuracy": 0.81, "spikes": 23456.0, "firing_rate": 0.05, "fitness": 0.84, "parameters": 12345}


def test_a_cell_that_nobody_evaluated_is_evaluated_manually(visit, running_studio, study, pictures):
    page = visit.page
    stages = iter([("running", "", None), ("done", "", RESULT)])
    posted: list[dict[str, Any]] = []

    def answer(route) -> None:
        if route.request.method == "POST":
            posted.append(route.request.post_data_json)
            state, reason, result = "waiting", "", None
        elif "?" in route.request.url:
            return route.fulfill(json={"inspections": []})
        else:
            state, reason, result = next(stages)
        line = {
            "id": "u",
            "architecture": posted[-1]["architecture"],
            "state": state,
            "reason": reason,
            "result": result,
        }
        return route.fulfill(status=201 if route.request.method == "POST" else 200, json=line)

    page.route(re.compile(r"/api/studies/[^/]+/inspections"), answer)
    page.goto(f"{running_studio.url}/studies/{study}?tab=map")
    ready(page)
    words = page.locator("#map-words")
    expect(words).to_contain_text("All 15,625 architectures; 600 evaluated")
    canvas = page.locator("#map canvas").nth(1)
    canvas.focus()
    for _ in range(80):  # to a cell that the search has left out
        page.keyboard.press("ArrowRight")
        if "not evaluated" in words.inner_text():
            break
    code = words.inner_text().split(":")[0]
    page.keyboard.press("Enter")
    expect(page.locator("#inspector")).to_contain_text("Waiting for a worker")
    expect(page.locator("#inspector h2")).to_have_text("Evaluated manually", timeout=PATIENCE_MS)
    expect(page.locator("#inspector")).to_contain_text("81.0 %")
    assert posted == [{"kind": "evaluation", "architecture": code}]
    assert f"a={code}" in page.url
    page.keyboard.press("3")
    expect(page.locator("#population-words")).to_have_text("20 candidates")  # it belongs to no generation
    page.keyboard.press("4")
    visit.take_pictures(pictures, "study-map-asked")
    assert violations(page) == []
    assert visit.problems == []


def test_an_evaluation_that_waits_moves_nothing_and_its_answer_reaches_who_looks_at_it(visit, script):
    page = visit.page
    line: dict[str, Any] = {"id": "u", "state": "waiting", "reason": "", "result": None}

    def answer(route) -> None:
        if route.request.method == "POST":
            line["architecture"] = route.request.post_data_json["architecture"]
        route.fulfill(json={"inspections": []} if "?" in route.request.url else line)

    page.route(re.compile(r"/api/studies/[^/]+/inspections"), answer)
    known = {c["architecture"] for e in script.events for c in e["event"].get("candidates", ())}
    code = next("-".join(genes) for genes in itertools.product(("S", "C3"), repeat=6) if "-".join(genes) not in known)
    script.known = script.seq_of(5)
    page.goto(f"{script.address}?tab=population&seen=all&a={code}")
    ready(page, f"Generation 5 of {GENERATIONS}")
    page.locator("#evaluate").click()
    expect(page.locator("#inspector")).to_contain_text("Waiting for a worker")

    page.locator("#population tbody tr").nth(4).hover()
    script.advance(9)
    expect(page.locator("#population-panel .news")).to_be_visible()
    for _ in range(2):  # the second question comes after the first answer was taken
        with page.expect_request("**/inspections/u"):
            pass
    expect(page.locator("#population-words")).to_have_text("100 candidates")
    page.locator("#inspector h2").hover()
    line |= {"state": "done", "result": RESULT}
    expect(page.locator("#inspector h2")).to_have_text("Evaluated manually", timeout=PATIENCE_MS)
    assert visit.problems == []


def test_the_supernet_of_a_real_study_evaluates_a_cell_in_seconds(visit, finished_study):
    page = visit.page
    evaluated = {c["architecture"] for e in finished_study.of_kind("generation_finished") for c in e["candidates"]}
    page.goto(f"{finished_study.url}?tab=map")
    ready(page, "Generation 3 of 3")
    words = page.locator("#map-words")
    canvas = page.locator("#map canvas").nth(1)
    canvas.focus()
    for _ in range(60):
        page.keyboard.press("ArrowRight")
        if "not evaluated" in words.inner_text():
            break
    code = words.inner_text().split(":")[0]
    assert code not in evaluated
    page.keyboard.press("Enter")
    expect(page.locator("#inspector h2")).to_have_text("Evaluated manually", timeout=120_000)
    page.reload()  # what was asked stays known
    expect(page.locator("#inspector h2")).to_have_text("Evaluated manually", timeout=PATIENCE_MS)
    assert visit.problems == []


def test_a_lost_socket_is_quiet_for_three_seconds_and_then_fetches_only_what_was_missed(visit, script):
    page = visit.page
    script.known = script.seq_of(4)
    page.goto(script.address + "?tab=log")
    ready(page, f"Generation 4 of {GENERATIONS}")
    chip = page.locator("#connection")
    script.reachable = False
    page.route(re.compile(r"/api/studies/[^/]+(/events.*)?$"), lambda route: route.abort())
    page.evaluate(WATCH_CHIP)
    script.drop()
    expect(chip).to_have_text("Reconnecting", timeout=PATIENCE_MS)
    assert page.evaluate("window.chipAfter") > 2_900
    page.keyboard.press("[")  # what is here goes on working
    ready(page, f"Generation 3 of {GENERATIONS}")
    page.keyboard.press("l")
    script.known = script.seq_of(6)
    script.reachable = True
    ready(page, f"Generation 6 of {GENERATIONS}")
    expect(chip).to_be_hidden()
    assert script.asked == [0, script.seq_of(4)]
    assert seqs(page) == script.known
    visit.problems[:] = [p for p in visit.problems if "net::ERR" not in p]
    assert visit.problems == []


WATCH_CHIP = """() => {
  const began = performance.now();
  const chip = document.getElementById("connection");
  new MutationObserver(() => {
    if (!chip.hidden) window.chipAfter ??= performance.now() - began;
  }).observe(chip, { attributes: true });
}"""


def test_doubled_and_shuffled_messages_end_in_the_same_page(visit, script):
    page = visit.page
    script.known = script.seq_of(3)
    page.goto(script.address + "?tab=log")
    ready(page, f"Generation 3 of {GENERATIONS}")
    late = script.events[script.known : script.seq_of(8)]
    script.known = script.seq_of(8)
    script.send(*script.events[:5])
    script.send(*reversed(late[1:]))
    script.send(late[0], *late)
    ready(page, f"Generation 8 of {GENERATIONS}")
    expect(page.locator("#log li")).to_have_count(script.known)
    shuffled = page.locator("#log li").all_inner_texts()
    page.reload()
    ready(page, f"Generation 8 of {GENERATIONS}")
    expect(page.locator("#log li")).to_have_count(script.known)
    assert page.locator("#log li").all_inner_texts() == shuffled
    assert visit.problems == []


def test_where_sockets_are_blocked_the_page_polls_and_says_so(visit, running_studio, study):
    page = visit.page
    page.route_web_socket(re.compile("/ws/"), lambda socket: socket.close(code=3000))
    page.goto(f"{running_studio.url}/studies/{study}")
    ready(page)
    expect(page.locator("#connection")).to_contain_text("Live by polling")
    plotted(page)
    assert visit.problems == []


def test_before_the_first_generation_and_when_it_failed_the_page_says_what_to_do(visit, script, pictures):
    page = visit.page
    script.known = 1
    script.summary |= {"state": "queued", "progress": 0}
    page.goto(script.address)
    expect(page.locator("#plot-empty")).to_contain_text("waits for a worker")
    expect(page.locator("#generation")).to_have_text("No generation yet")
    middle = "(it) => Math.round(it.getBoundingClientRect().y + it.offsetHeight / 2)"
    assert page.locator("#playhead").evaluate(middle) == page.locator("#play").evaluate(middle)
    visit.take_pictures(pictures, "study-queued")
    assert violations(page) == []
    reason = "supernet: the loss is not a number at step 12"
    script.summary |= {"state": "failed", "reason": reason, "compute_seconds": 75}
    page.reload()
    expect(page.locator("#doing")).to_have_text("failed after 1 min 15 s of computing")
    expect(page.locator("#plot-empty")).to_contain_text("Retry continues from the last checkpoint")
    for tab, words in (
        ("map", "none evaluated"),
        ("lineage", "Nothing is evaluated yet"),
        ("training", "first finished epoch"),
    ):
        page.locator(f"#tabs [data-tab={tab}]").click()
        expect(page.locator("#content")).to_contain_text(words)
    visit.take_pictures(pictures, "study-failed")
    assert visit.problems == []


def test_fifty_turns_of_the_tabs_keep_at_most_two_webgl_contexts_and_little_memory(visit, running_studio, study):
    page = visit.page
    page.add_init_script(COUNT_CONTEXTS)
    page.goto(f"{running_studio.url}/studies/{study}")
    ready(page)
    plotted(page)
    tools = visit.context.new_cdp_session(page)

    def turn(times: int) -> int:
        for k in range(times):
            page.keyboard.press(str(k % len(TABS) + 1))
            expect(page.locator("#tabs [aria-current]")).to_have_attribute("data-tab", TABS[k % len(TABS)])
        tools.send("HeapProfiler.collectGarbage")
        return int(tools.send("Runtime.getHeapUsage")["usedSize"])

    before = turn(14)
    after = turn(50)
    assert page.evaluate("window.contexts") <= 2
    assert after < 1.1 * before, (before, after)
    assert visit.problems == []


COUNT_CONTEXTS = """window.contexts = 0;
const original = HTMLCanvasElement.prototype.getContext;
HTMLCanvasElement.prototype.getContext = function (kind, ...rest) {
  if (/webgl/.test(kind)) window.contexts += 1;
  return original.call(this, kind, ...rest);
};"""


def test_the_page_s_own_scripts_are_small(visit, running_studio, study):
    page = visit.page
    urls: set[str] = set()
    page.on("request", lambda request: urls.add(request.url))
    page.goto(f"{running_studio.url}/studies/{study}")
    ready(page)
    page.wait_for_load_state("networkidle")
    own = [url for url in urls if url.endswith(".js") and "/vendor/" not in url]
    bodies = {url: len(gzip.compress(page.request.get(url).body())) for url in own}
    assert len(bodies) > 20
    assert sum(bodies.values()) < 150_000, json.dumps(bodies)
