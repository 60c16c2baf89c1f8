"""Every press counts, however few frames the screen has for them: none is drawn between the presses of these tests."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.browser.scripted import stored_study

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
GENERATIONS = 12
SCENES = GENERATIONS + 2
"""Of its replay: the supernet before the generations, the winner after them."""
PATIENCE_MS = 30_000

HOLD = """{
  const real = { ask: requestAnimationFrame, cancel: cancelAnimationFrame };
  let waiting = null; // the frames asked for while they are held
  let last = 0;
  window.requestAnimationFrame = (run) => (waiting ? (waiting.set(--last, run), last) : real.ask.call(window, run));
  window.cancelAnimationFrame = (id) => void ((waiting?.delete(id) ?? false) || real.cancel.call(window, id));
  window.holdFrames = () => (waiting = new Map());
  window.releaseFrames = () => {
    const held = waiting;
    waiting = null;
    for (const run of held.values()) real.ask.call(window, run);
  };
}"""
"""A page asks for frames as ever; while they are held it gets none, as on a machine that has something else to do."""


@pytest.fixture(scope="module")
def study(running_studio) -> str:
    return stored_study(running_studio, GENERATIONS)


@contextmanager
def no_frame(page: Page) -> Iterator[None]:
    page.evaluate("holdFrames()")
    yield
    page.evaluate("releaseFrames()")


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


class Opened:
    """The study's page, whose frames can be held."""

    def __init__(self, visit: Any, url: str, study: str) -> None:
        self.visit, self.page, self.address = visit, visit.page, f"{url}/studies/{study}"
        self.page.add_init_script(HOLD)

    def at(self, query: str, generation: int = GENERATIONS) -> Page:
        self.page.goto(self.address + query)
        self.expect_generation(generation)
        return self.page

    def expect_generation(self, number: int) -> None:
        words = f"Generation {number} of {GENERATIONS}"
        expect(self.page.locator("#generation")).to_have_text(words, timeout=PATIENCE_MS)

    def query(self, name: str) -> str | None:
        """What the view's address says, as it is written when the page is left."""
        self.page.evaluate("dispatchEvent(new Event('blur'))")
        return parse_qs(urlsplit(self.page.url).query).get(name, [None])[0]

    def ranked(self) -> list[int]:
        """This generation's strips, fittest first."""
        return ids(self.page, "#strips [data-id]")


def ids(page: Page, rows: str) -> list[int]:
    return [int(one) for one in page.locator(rows).evaluate_all("rows => rows.map((row) => row.dataset.id)")]


@pytest.fixture
def opened(visit, running_studio, study) -> Iterator[Opened]:
    yield Opened(visit, running_studio.url, study)
    assert visit.problems == []


def test_keys_step_through_the_generations(opened):
    page = opened.at("")
    with no_frame(page):
        press(page, "[", "[", "[", "[", "]")
    opened.expect_generation(GENERATIONS - 3)
    assert opened.query("g") == str(GENERATIONS - 3)


def test_buttons_step_through_the_generations(opened):
    page = opened.at("")
    page.evaluate("for (const id of ['back', 'back', 'back', 'forward']) document.getElementById(id).click()")
    opened.expect_generation(GENERATIONS - 2)


def test_the_sliders_own_keys_go_on_from_where_the_others_led(opened):
    page = opened.at("")
    page.locator("#playhead").focus()
    with no_frame(page):
        press(page, "[", "[", "ArrowLeft", "Shift+ArrowLeft", "ArrowRight", "PageDown", "[")
    page_key = 1  # a tenth of so few generations is less than one
    opened.expect_generation(GENERATIONS - 2 - 1 - 5 + 1 - page_key - 1)


def test_the_live_edge_is_left_and_found_again(opened):
    page = opened.at("?g=3", 3)
    with no_frame(page):
        press(page, "]", "l", "[")
    opened.expect_generation(GENERATIONS - 1)
    expect(page.locator("#live")).to_have_attribute("aria-pressed", "false")
    with no_frame(page):
        press(page, "[", "l")
    opened.expect_generation(GENERATIONS)
    expect(page.locator("#live")).to_have_attribute("aria-pressed", "true")


def test_playing_begins_where_the_keys_led(opened):
    page = opened.at("?speed=8")
    with no_frame(page):
        press(page, "[", "[", "[", " ")
        expect(page.locator("#play")).to_have_text("Pause")
        expect(page.locator("#play")).to_have_text("Play", timeout=PATIENCE_MS)  # it is at the end, without a frame
    opened.expect_generation(GENERATIONS)
    assert opened.query("g") is None


def test_keys_walk_the_strips_of_the_generation_that_is_chosen_by_then(opened):
    page = opened.at(f"?g={GENERATIONS - 2}", GENERATIONS - 2)
    expected = opened.ranked()[3]
    opened.at("")
    with no_frame(page):
        press(page, "[", "[", "j", "j", "j", "j", "j", "k")
    opened.expect_generation(GENERATIONS - 2)
    assert opened.query("c") == str(expected)


def test_keys_walk_the_table_in_the_order_that_is_asked_for_by_then(opened):
    page = opened.at("?tab=population&seen=all&sort=spikes")
    expected = ids(page, "#population tbody tr")[2]
    opened.at("?tab=population&seen=all")
    with no_frame(page):
        page.evaluate("document.querySelector('#population [data-key=spikes]').click()")
        press(page, "j", "j", "j")
    expect(page.locator(f"#population tr[data-id='{expected}']")).to_have_attribute("data-selected", "")
    assert opened.query("c") == str(expected)


def test_a_column_that_is_pressed_twice_is_turned_twice(opened):
    page = opened.at("?tab=population")
    page.evaluate("for (const _ of [1, 2]) document.querySelector('#population [data-key=spikes]').click()")
    expect(page.locator("#population th", has_text="Spikes")).to_have_attribute("aria-sort", "descending")


def test_the_file_is_of_the_table_that_is_asked_for_by_then(opened):
    page = opened.at("?tab=population")
    with page.expect_download() as download, no_frame(page):
        page.locator("#f-pattern").fill("R5")
        page.evaluate("document.getElementById('csv').click()")
    lines = download.value.path().read_text().splitlines()[2:]
    assert lines
    assert all(line.split(",")[2].startswith("R5") for line in lines)


def test_arrow_keys_walk_along_the_front(opened):
    page = opened.at("?tab=pareto")
    front = ids(page, "#front-table tr")
    assert len(front) > 2
    page.locator("#plot-frame").focus()
    with no_frame(page):
        press(page, "ArrowRight", "ArrowRight", "ArrowRight", "ArrowLeft")
    expect(page.locator(f"#front-table tr[data-id='{front[1]}']")).to_have_attribute("data-selected", "")
    assert opened.query("c") == str(front[1])


def test_a_row_that_is_pressed_twice_is_selected_and_let_go(opened):
    page = opened.at("?tab=pareto")
    first = ids(page, "#front-table tr")[0]
    press_row = f"document.querySelector('#front-table tr[data-id=\"{first}\"] button').click()"
    page.evaluate(f"{press_row}; {press_row}; {press_row}")
    expect(page.locator(f"#front-table tr[data-id='{first}']")).to_have_attribute("data-selected", "")


def test_the_lambda_slider_goes_on_from_the_studys_own(opened):
    page = opened.at("?tab=pareto&lambda=-0.4")
    page.locator("#lambda-slider").focus()
    with no_frame(page):
        page.evaluate("document.getElementById('lambda-own').click()")
        press(page, "ArrowRight", "ArrowRight", "ArrowLeft", "ArrowRight")
    expect(page.locator("#lambda-value")).to_have_text("λ = −0.07")
    assert opened.query("lambda") == "-0.07"


def test_the_inspectors_scale_is_turned_as_often_as_it_is_pressed(opened):
    page = opened.at("?c=1")
    expect(page.locator("#scale")).to_have_attribute("aria-pressed", "false")
    page.evaluate("for (const _ of [1, 2, 3]) document.getElementById('scale').click()")
    expect(page.locator("#scale")).to_have_attribute("aria-pressed", "true")
    page.evaluate("for (const _ of [1, 2]) document.getElementById('scale').click()")
    page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    expect(page.locator("#scale")).to_have_attribute("aria-pressed", "true")


def test_enter_on_the_map_chooses_what_is_selected_by_then(opened):
    page = opened.at("")
    first, second = opened.ranked()[:2]
    opened.at(f"?tab=map&c={first}")
    page.locator("#map canvas[tabindex]").focus()
    with no_frame(page):
        press(page, "j", "Enter")
    assert opened.query("c") == str(second)


def test_what_is_typed_after_the_filters_key_is_typed_into_the_filter(opened):
    page = opened.at("")
    with no_frame(page):
        press(page, "/", "R", "5")
    expect(page.locator("#f-pattern")).to_have_value("R5")
    assert (opened.query("tab"), opened.query("f")) == ("population", "R5")


def test_tabs_that_are_pressed_in_a_row_leave_the_last(opened):
    page = opened.at("")
    with no_frame(page):
        press(page, "2", "4", "3", "[")
    expect(page.locator("#population-panel")).to_be_visible()
    expect(page.locator("#map-panel")).to_be_hidden()
    opened.expect_generation(GENERATIONS - 1)


def test_a_tab_that_is_opened_elsewhere_shows_what_was_chosen_by_then(opened):
    page = opened.at("")
    with no_frame(page):
        press(page, "[", "[")
        link = page.locator("#tabs [data-tab=map]")
        link.dispatch_event("auxclick", {"button": 1})
        assert link.get_attribute("href") == f"?tab=map&g={GENERATIONS - 2}"


def test_a_replay_obeys_every_key(opened, running_studio, study):
    page = opened.page
    page.goto(f"{running_studio.url}/studies/{study}/replay?g=1")
    where = page.locator("[data-where]")
    expect(where).to_have_text(f"2 of {SCENES}", timeout=PATIENCE_MS)
    with no_frame(page):
        press(page, "ArrowRight", "ArrowRight", "ArrowRight", "ArrowLeft")
    expect(where).to_have_text(f"4 of {SCENES}")
    with no_frame(page):
        press(page, " ", " ", " ", "ArrowRight")
    expect(page.locator("[data-play]")).to_have_text("Play")
    expect(where).to_have_text(f"5 of {SCENES}")
    assert opened.query("g") == "4"


def test_a_study_that_is_ticked_three_times_is_chosen(visit, running_studio, study):
    page = visit.page
    page.goto(running_studio.url)
    box = page.locator(f"tr:has(a[href='/studies/{study}']) input[type=checkbox]")
    box.wait_for(timeout=PATIENCE_MS)
    box.evaluate("box => { for (const _ of [1, 2, 3]) box.click(); }")
    expect(page.get_by_role("link", name="Compare 1 selected")).to_be_visible()
    expect(box).to_be_checked()
    assert visit.problems == []
