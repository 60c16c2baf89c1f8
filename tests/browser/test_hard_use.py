"""What real use does to the pages: broken addresses, news while one types, lost focus, odd names, failed requests."""

from __future__ import annotations

import copy
import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.accessibility import violations
from tests.browser.scripted import stored_study
from tests.browser.stored import visit_of
from tests.browser.visit import DESKTOP, PHONE, SETTLED_WIDTH

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
GENERATIONS = 9
PATIENCE_MS = 30_000
STALE = "This list may be outdated"


@pytest.fixture(scope="module")
def study(running_studio) -> str:
    return stored_study(running_studio, GENERATIONS)


def ready(page: Page, generation: int) -> None:
    expect(page.locator("#generation")).to_have_text(f"Generation {generation} of {GENERATIONS}", timeout=PATIENCE_MS)


@pytest.mark.parametrize("query", ["a=Z9-Q", "a=S", "a=R7-R7-R7-R7-R7-R7", "c=999999", "g=400&tab=nowhere&lambda=x"])
def test_an_address_of_something_else_shows_the_study(visit, running_studio, study, query):
    visit.page.goto(f"{running_studio.url}/studies/{study}?{query}")
    ready(visit.page, GENERATIONS)
    expect(visit.page.locator("#plot .point").first).to_be_attached()
    expect(visit.page.locator("#inspector h2")).to_have_text(f"Best of generation {GENERATIONS}")
    assert visit.problems == []


def test_a_panel_that_fails_leaves_the_others_alone(visit, script):
    page = visit.page
    script.events = copy.deepcopy(script.events)
    for one in script.events[script.seq_of(2) - 1]["event"]["candidates"]:
        one["changed"] = None  # what no server says, and a strip cannot draw
    script.known = script.seq_of(2)
    page.goto(script.address + "?tab=live")
    ready(page, 2)
    expect(page.locator("#plot .point").first).to_be_attached()
    page.keyboard.press("[")
    ready(page, 1)
    expect(page.locator("#strips button").first).to_be_visible()
    assert {problem for problem in visit.problems if "reading 'includes'" not in problem} == set()
    assert visit.problems  # and is not swallowed


def test_blocks_of_a_family_that_nobody_here_knows_are_drawn_with_their_codes(visit, script):
    page = visit.page
    script.events = copy.deepcopy(script.events)
    for one in script.events[script.seq_of(2) - 1]["event"]["candidates"]:
        one["architecture"] = "-".join(["Q9"] * 6)  # a family that was registered where the study ran
    script.known = script.seq_of(2)
    page.goto(script.address + "?tab=live")
    ready(page, 2)
    expect(page.locator("#strips .gene").first).to_have_text("Q9")
    expect(page.locator("#strips .gene").first).to_have_css("border-top-style", "dotted")
    assert visit.problems == []


def test_news_takes_nothing_from_who_fills_in_the_menu(visit, script):
    page = visit.page
    script.known = script.seq_of(4)
    page.goto(script.address)
    ready(page, 4)
    page.locator("#actions summary").click()
    keep = page.get_by_label("Keep generations")
    keep.fill("2")
    script.advance(5)
    ready(page, 5)
    expect(keep).to_have_value("2")
    expect(keep).to_be_focused()
    expect(keep).to_have_attribute("max", "5")
    until = page.get_by_label("Search until")
    until.fill("12")
    page.locator("#actions summary").focus()  # left for a moment, and open
    script.advance(6)
    ready(page, 6)
    expect(until).to_have_value("12")
    assert visit.problems == []


def test_a_press_elsewhere_or_escape_closes_the_menu(visit, running_studio, study):
    page = visit.page
    page.goto(f"{running_studio.url}/studies/{study}")
    ready(page, GENERATIONS)
    more, keep = page.locator("#actions summary"), page.get_by_label("Keep generations")
    more.click()
    page.locator("#inspector .inspector-head h3").click()
    expect(keep).to_be_hidden()
    more.click()
    page.locator(".menu-fork b").click()  # takes the focus out of the menu
    page.keyboard.press("Escape")
    expect(keep).to_be_hidden()
    expect(more).to_be_focused()
    more.click()
    keep.fill("2")
    page.locator("h1").click()
    expect(keep).to_have_value("2")
    expect(keep).to_be_visible()
    assert visit.problems == []


def test_news_does_not_answer_whether_to_cancel(visit, script):
    page = visit.page
    script.known = script.seq_of(4)
    page.goto(script.address)
    ready(page, 4)
    page.locator("[data-action=cancel]").click()
    script.advance(5)
    ready(page, 5)
    expect(page.get_by_text("Confirm cancel")).to_be_focused()
    script.summary |= {"state": "paused"}
    script.drop()  # the socket that comes back tells the state
    expect(page.locator("#state")).to_have_text("paused")
    expect(page.get_by_text("Confirm cancel")).to_be_focused()
    page.locator("#playhead").focus()
    expect(page.locator("[data-action=resume]")).to_be_visible()  # what waited is drawn when it is left
    assert visit.problems == []


def test_a_verb_by_keyboard_keeps_the_focus_among_the_actions(visit, script):
    page = visit.page
    script.known = script.seq_of(3)

    def paused(route) -> None:
        script.summary |= {"state": "paused"}
        route.fulfill(json=script.summary | {"last_seq": script.known})

    page.route("**/api/studies/*/pause", paused)
    page.goto(script.address)
    ready(page, 3)
    page.locator("[data-action=pause]").press("Enter")
    expect(page.locator("#state")).to_have_text("paused")
    expect(page.locator("[data-action=resume]")).to_be_focused()
    page.locator("[data-action=cancel]").press("Enter")
    expect(page.get_by_text("Confirm cancel")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("[data-action=cancel]")).to_be_focused()
    assert visit.problems == []


def test_a_page_from_the_back_forward_cache_catches_up(visit, script):
    page = visit.page
    script.known = script.seq_of(3)
    page.goto(script.address + "?tab=log")
    ready(page, 3)
    script.known = script.seq_of(6)  # while it lay there nothing reached it
    page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))")
    ready(page, 6)
    expect(page.locator("#log li")).to_have_count(script.known)
    assert script.asked == [0, script.seq_of(3)]
    assert visit.problems == []


def test_what_cannot_be_had_is_not_asked_for_with_every_drawing(visit, script):
    page = visit.page
    asked: list[str] = []

    def refuse(route) -> None:
        asked.append(route.request.url)
        route.abort()

    page.route("**/sampling", refuse)
    script.known = script.seq_of(2)
    page.goto(script.address + "?tab=training")
    expect(page.locator("#balance")).to_contain_text("could not be loaded")
    for generation in range(3, GENERATIONS + 1):
        script.advance(generation)
        ready(page, generation)
    assert len(asked) <= 2
    page.unroute("**/sampling")
    expect(page.locator("#balance")).not_to_contain_text("could not be loaded")  # by itself


def test_a_session_that_has_ended_is_said_and_breaks_nothing(browser, running_studio):
    visit, [one] = visit_of(browser, running_studio, "sleeper", "One")
    page = visit.page
    page.goto(f"{running_studio.url}/studies/{one}")
    expect(page.locator("#strips button").first).to_be_visible()
    page.locator("#actions summary").click()
    visit.context.clear_cookies(name="sessionid")
    page.locator("[data-action=archive]").click()
    expect(page.locator("#action-problem")).to_contain_text("You are signed out")
    expect(page.locator("#state")).to_have_text("succeeded")
    page.keyboard.press("[")  # what is here goes on working
    expect(page.locator("#generation")).to_have_text("Generation 7 of 8")
    assert all(problem.startswith("401 ") for problem in visit.problems)
    page.reload()
    expect(page).to_have_url(re.compile(f"/sign-in\\?next=/studies/{one}"))
    page.goto(f"{running_studio.url}/api/studies/{one}/events")  # by a link, as the log has one
    expect(page).to_have_url(re.compile(f"/sign-in\\?next=/api/studies/{one}/events"))
    visit.context.close()


def test_the_list_of_who_is_signed_out_keeps_its_studies(browser, running_studio):
    visit, _ = visit_of(browser, running_studio, "dozer", "One", "Two")
    page = visit.page
    page.goto(running_studio.url)
    visit.context.clear_cookies(name="sessionid")
    page.get_by_role("button", name="Archive One").click()
    expect(page.locator("#problem")).to_contain_text("You are signed out")
    expect(page.get_by_text(STALE)).to_be_visible()
    expect(page.locator("#studies tbody tr")).to_have_count(2)
    assert all(problem.startswith("401 ") for problem in visit.problems)
    visit.context.close()


def test_a_theme_chosen_in_one_tab_is_that_of_the_other(visit, running_studio, study):
    page, other = visit.page, visit.context.new_page()
    for one in (page, other):
        one.goto(f"{running_studio.url}/studies/{study}")
        ready(one, GENERATIONS)
    expect(other.locator("#theme")).to_have_text("Dark")
    page.locator("#theme").click()
    expect(other.locator("html")).to_have_attribute("data-theme", "dark")
    expect(other.locator("#theme")).to_have_text("Light")
    page.evaluate("localStorage.removeItem('theme')")
    assert visit.problems == []


COUNT_LISTENERS = """window.listeners = 0;
const add = EventTarget.prototype.addEventListener;
EventTarget.prototype.addEventListener = function (...all) {
  if (this === window || this === document || this === document.body) window.listeners += 1;
  return add.apply(this, all);
};"""


def test_turning_tabs_and_generations_leaves_no_listeners_behind(visit, running_studio, study):
    page = visit.page
    page.add_init_script(COUNT_LISTENERS)
    page.goto(f"{running_studio.url}/studies/{study}")
    ready(page, GENERATIONS)
    expect(page.locator("#plot .point").first).to_be_attached()

    def turn() -> int:
        for key in "1234567[]jk":
            page.keyboard.press(key)
            page.evaluate("() => new Promise(requestAnimationFrame)")
        page.emulate_media(color_scheme="dark")
        page.emulate_media(color_scheme="light")
        return int(page.evaluate("window.listeners"))

    first = turn()
    assert turn() == turn() == first
    assert visit.problems == []


def test_things_compared_are_taken_away_by_keyboard_one_after_the_other(browser, running_studio):
    visit, ids = visit_of(browser, running_studio, "remover", "One", "Two", "Three")
    page = visit.page
    page.goto(f"{running_studio.url}/compare?s={','.join(ids)}")
    expect(page.locator("#table tbody tr")).to_have_count(3, timeout=PATIENCE_MS)
    page.get_by_role("button", name="Take Two away").focus()
    for left, focused in ((2, "Take Three away"), (1, "Take One away")):
        page.keyboard.press("Enter")
        expect(page.locator("#chosen li")).to_have_count(left)
        expect(page.get_by_role("button", name=focused)).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#search")).to_be_focused()
    page.go_back()
    page.goto(f"{running_studio.url}/compare?s={ids[0]}")
    page.get_by_role("button", name=re.compile("of One")).first.press("Enter")  # an architecture, and the focus stays
    expect(page.locator("#strips tbody tr")).to_have_count(1)
    expect(page.get_by_role("button", name=re.compile("of One")).first).to_be_focused()
    page.emulate_media(color_scheme="dark")  # drawn anew
    expect(page.get_by_role("button", name=re.compile("of One")).first).to_be_focused()
    assert visit.problems == []
    visit.context.close()


def test_what_is_put_away_by_keyboard_is_taken_back_by_keyboard(browser, running_studio):
    visit, _ = visit_of(browser, running_studio, "tidier", "One", "Two")
    page = visit.page
    page.goto(running_studio.url)
    page.get_by_role("button", name="Delete One").press("Enter")
    expect(page.locator("#studies tbody tr")).to_have_count(1)
    expect(page.get_by_role("button", name="Undo")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#studies tbody tr")).to_have_count(2)
    expect(page.get_by_role("link", name="One", exact=True)).to_be_focused()
    assert visit.problems == []
    visit.context.close()


def test_an_answer_cut_off_in_its_middle_is_said(browser, running_studio):
    visit, ids = visit_of(browser, running_studio, "unlucky", "One")
    page = visit.page
    page.route("**/api/compare?*", lambda route: route.fulfill(body='{"studies": [', content_type="application/json"))
    page.goto(f"{running_studio.url}/compare?s={ids[0]}")
    expect(page.locator("#problem")).to_contain_text("The comparison could not be read")
    expect(page.locator("#status")).to_have_text("")
    page.route("**/spike-map", lambda route: route.fulfill(body="<html>Sign in</html>", content_type="text/html"))
    page.goto(f"{running_studio.url}/studies/{ids[0]}?c=3")
    expect(page.locator("#inspector .heatmap")).to_contain_text("The spike map could not be loaded.")
    page.unroute("**/spike-map")
    page.locator("#inspector .heatmap").get_by_role("button", name="Try again").click()
    expect(page.locator("#inspector canvas")).to_be_visible()
    assert visit.problems == []
    visit.context.close()


def test_the_list_says_when_it_is_not_up_to_date_and_catches_up_by_itself(browser, running_studio):
    visit, _ = visit_of(browser, running_studio, "waiter", "One", "Two")
    page = visit.page
    page.goto(running_studio.url)
    expect(page.locator("#studies tbody tr")).to_have_count(2)
    visit.context.set_offline(True)
    expect(page.get_by_text(STALE)).to_be_visible()
    expect(page.locator("#studies tbody tr")).to_have_count(2)
    page.locator("#search").fill("two")
    expect(page.locator("#count")).to_have_text("1 of 2")
    visit.context.set_offline(False)
    expect(page.get_by_text(STALE)).to_be_hidden()
    assert [problem for problem in visit.problems if "net::ERR" not in problem] == []
    visit.context.close()


NAMES = ("W" * 120, "脉冲神经网络的结构搜索" * 10, "חיפוש ארכיטקטורות, seed 3", "a <b>bold</b> & “name” {{ x }}")


def test_no_name_pushes_the_columns_of_the_jobs_panel_out_of_sight(visit, browser, running_studio, pictures):
    of_another, _ = visit_of(browser, running_studio, "shouter", NAMES[0])
    of_another.context.close()
    page = visit.page
    page.goto(f"{running_studio.url}/admin/studies/study/?q=WWWW")
    expect(page.locator("#result_list .field-state").first).to_be_in_viewport()
    expect(page.locator("#result_list .field-created").first).to_be_in_viewport()
    page.screenshot(path=pictures / "jobs-panel-names.png", full_page=True)
    assert visit.problems == []


def test_odd_names_are_shown_as_they_are_and_fit_a_phone(browser, running_studio, pictures):
    visit, ids = visit_of(browser, running_studio, "namer", *NAMES)
    page = visit.page
    addresses = ["/", f"/compare?s={','.join(ids)}&a={ids[0]}:winner,{ids[1]}:winner"]
    addresses += [f"/studies/{one}{part}" for one in ids for part in ("", "/replay")]
    wide = []
    for address in addresses:
        page.set_viewport_size(PHONE)
        page.goto(running_studio.url + address)
        page.wait_for_load_state("networkidle")
        if page.evaluate(SETTLED_WIDTH) > PHONE["width"]:
            wide.append(address.replace(ids[0], "W").replace(ids[1], "CJK"))
    page.goto(running_studio.url)
    expect(page.locator("#studies tbody .state").first).to_be_in_viewport()  # no name pushes it out of sight
    page.screenshot(path=pictures / "studies-names-phone.png", full_page=True)
    page.set_viewport_size(DESKTOP)
    for name in NAMES:
        expect(page.get_by_role("link", name=name, exact=True)).to_be_visible()
    assert violations(page) == []
    page.goto(f"{running_studio.url}/studies/{ids[1]}?tab=population")
    with page.expect_download() as started:
        page.locator("#csv").click()
    assert started.value.suggested_filename == f"{NAMES[1]}.csv"
    assert wide == []
    assert visit.problems == []
    visit.context.close()


def test_the_inspector_does_not_shrink_while_a_generation_is_evaluated(visit, script):
    page = visit.page
    script.known = script.seq_of(3)
    page.set_viewport_size(PHONE)  # where more lies beneath it
    page.goto(script.address)
    ready(page, 3)
    picture = page.locator("#inspector .heatmap")
    expect(picture.locator("canvas")).to_be_visible()
    height = picture.bounding_box()["height"]
    evaluated = script.events[script.seq_of(4) - 1]["event"]["candidates"]
    for candidate in sorted(evaluated, key=lambda one: one["fitness"])[:2]:  # so that the second is the best again
        script.provisional({"kind": "candidate_evaluated", "candidate": candidate})
        expect(page.locator("#inspector")).to_contain_text(candidate["architecture"])
        expect(picture).to_contain_text("appears when the generation is finished")
        assert picture.bounding_box()["height"] == height
    script.advance(4)
    expect(picture.locator("canvas")).to_be_visible()
    expect(picture).to_have_attribute("style", "")  # as high as the map is, from here on
    assert visit.problems == []
