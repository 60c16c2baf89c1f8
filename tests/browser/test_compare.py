"""Comparing in Chromium: by the list, the address, the picker, by keyboard; what is shown, and said when it fails."""

import io
import re
from pathlib import Path
from xml.etree import ElementTree

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from tests.browser.accessibility import violations
from tests.browser.stored import visit_of

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]
PATIENCE_MS = 60_000
MOST = 8


@pytest.fixture(scope="module")
def comparing(browser, running_studio):
    """A user with three recorded studies, two of one name."""
    visit, ids = visit_of(browser, running_studio, "comparer", "Base", "Base", "Third")
    yield visit, ids, running_studio.url
    visit.context.close()


def words(page) -> list[str]:
    """All that is written on the page, sorted: a plot's labels lie in the order in which they were drawn."""
    return sorted(page.locator("main").inner_text().split("\n"))


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

    # architectures: one by its button, one by its genome, and one that was never evaluated
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
    expect(page.locator("#chosen-architectures .problem")).to_contain_text("did not evaluate C5-C5-R5")
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
    seen = words(page)
    expect(page).to_have_url(re.compile("scale=neuron"))
    page.goto(page.url)
    expect(page.locator("#waterfall-words")).to_be_visible(timeout=PATIENCE_MS)
    expect(page.locator("#fronts .main-svg").first).to_be_visible(timeout=PATIENCE_MS)
    expect(page.locator("#status")).to_have_text("")
    assert words(page) == seen
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
    expect(page.locator("#problem")).to_contain_text("does not exist, or belongs to another user")
    page.get_by_role("button", name="Take study 00000000 away").click()
    expect(page.locator("#problem")).to_be_hidden()
    expect(page.locator("#table tbody tr")).to_have_count(1, timeout=PATIENCE_MS)
    assert [p for p in visit.problems if not p.startswith("404")] == []


def box(page: Page, name: str):
    return page.get_by_role("checkbox", name=f"Compare {name}", exact=True)


def cursor(page: Page, study: str) -> str:
    """Of the page of the list that ends with this study."""
    created = page.evaluate("id => fetch(`/api/studies/${id}`).then((answer) => answer.json())", study)["created"]
    return f"{created.removesuffix('+00:00')}Z,{study}"


def test_studies_are_chosen_in_the_list_and_stay_chosen_while_it_is_filtered_and_paged(
    browser, running_studio, pictures
):
    visit, (first, second, third) = visit_of(browser, running_studio, "chooser", "First", "Second", "Third")
    page = visit.page
    page.goto(running_studio.url)
    bar = page.get_by_role("group", name="Studies to compare")
    expect(box(page, "Third")).not_to_be_checked()
    expect(bar).to_be_hidden()

    # by keyboard alone: from the search's filter to the box beneath
    page.locator("#search").fill("third")
    expect(box(page, "First")).to_be_hidden()
    while not box(page, "Third").evaluate("one => one === document.activeElement"):
        page.keyboard.press("Tab")
    page.keyboard.press("Space")
    expect(bar).to_contain_text("Compare 1 selected")
    page.locator("#search").fill("first")
    expect(bar.get_by_role("status")).to_have_text("Not listed here.")
    box(page, "First").check()
    expect(bar).to_contain_text("Compare 2 selected")
    expect(bar.get_by_role("status")).to_have_text("1 of them not listed here.")

    # on the next page, and back
    page.goto(f"{running_studio.url}/?before={cursor(page, second)}")
    expect(box(page, "Second")).to_have_count(0)
    expect(box(page, "First")).to_be_checked()
    expect(bar).to_contain_text("Compare 2 selected")
    expect(bar.get_by_role("status")).to_have_text("1 of them not listed here.")
    page.goto(running_studio.url)
    expect(box(page, "Third")).to_be_checked()
    box(page, "Second").check()
    box(page, "First").uncheck()
    box(page, "First").check()
    assert violations(page) == []
    visit.take_pictures(pictures, "studies-chosen")

    # in the order of choosing
    bar.get_by_role("link", name="Compare 3 selected").click()
    expect(page.locator("#chosen li")).to_have_text([re.compile(n) for n in ("Third", "Second", "First")])
    assert page.url.endswith(f"/compare?s={third},{second},{first}")
    page.go_back()
    expect(bar).to_contain_text("Compare 3 selected")
    page.get_by_role("button", name="Archive First").click()  # what is put away is not compared
    expect(bar).to_contain_text("Compare 2 selected")
    bar.get_by_role("button", name="Clear").click()
    expect(bar).to_be_hidden()
    expect(box(page, "Third")).to_be_focused()
    expect(box(page, "Third")).not_to_be_checked()
    assert visit.problems == []
    visit.context.close()


def test_the_list_s_search_finds_what_is_on_another_page(browser, running_studio):
    """What is typed while an answer is on its way is asked next; nothing is lost, and the focus stays."""
    visit, (_, second, _) = visit_of(browser, running_studio, "seeker", "First", "Second", "Third")
    page = visit.page
    page.goto(f"{running_studio.url}/?before={cursor(page, second)}")
    search, count = page.locator("#search"), page.locator("#count")
    expect(count).to_have_text("1 of all 3 studies")
    held = []
    page.route(re.compile(r"/api/studies\?.*q=th$"), lambda route: held.append(route))
    with page.expect_request(re.compile(r"/api/studies\?.*q=th$")):
        search.fill("th")
    search.press_sequentially("ird")
    expect(count).to_have_text("0 of the 1 here; searching all 3 …")
    held[0].continue_()
    expect(count).to_have_text("1 of all 3")
    expect(page.locator("#studies tbody tr")).to_have_count(1)
    expect(page.get_by_role("link", name="Third")).to_be_visible()
    expect(search).to_be_focused()
    expect(search).to_have_value("third")
    assert page.url.endswith("/?q=third")
    page.reload()
    expect(count).to_have_text("1 of 3")  # all are here, so it is the browser that looks
    page.goto(f"{running_studio.url}/?before={cursor(page, second)}&q=nothing")
    expect(count).to_have_text("0 of all 3")
    expect(search).to_be_visible()
    search.fill("")
    expect(count).to_have_text("3 studies")
    assert visit.problems == []
    visit.context.close()


def test_one_more_than_can_be_compared_is_refused_with_the_bound(browser, running_studio):
    names = [f"Study {k}" for k in range(MOST + 1)]
    visit, _ = visit_of(browser, running_studio, "collector", *names)
    page = visit.page
    page.goto(running_studio.url)
    for name in names[:-1]:
        box(page, name).check()
    box(page, names[-1]).press("Space")
    bar = page.get_by_role("group", name="Studies to compare")
    expect(bar.get_by_role("status")).to_contain_text(f"{MOST} studies are chosen, the maximum")
    expect(box(page, names[-1])).not_to_be_checked()
    bar.get_by_role("link", name=f"Compare {MOST} selected").click()
    expect(page.locator("#table tbody tr")).to_have_count(MOST, timeout=PATIENCE_MS)
    assert page.evaluate("JSON.parse(document.getElementById('page').textContent).most[0]") == MOST  # the server's
    assert visit.problems == []
    visit.context.close()


def test_the_overlaid_fronts_are_taken_as_svg_and_png(comparing):
    visit, (a, b, c), url = comparing
    page = visit.page
    visit.problems.clear()  # of the tests before
    page.goto(f"{url}/compare?s={c},{a},{b}")
    expect(page.locator("#table tbody tr")).to_have_count(3, timeout=PATIENCE_MS)
    with page.expect_download() as started:
        page.get_by_role("link", name="SVG", exact=True).click()
    assert started.value.suggested_filename == "fronts.svg"
    words = list(ElementTree.fromstring(Path(started.value.path()).read_text()).itertext())
    for said in ("spikes per image", "accuracy, %", "Third", "Base"):
        assert said in words
    assert words.index("Third") < words.index("Base")  # the page's order
    with page.expect_download() as started:
        page.get_by_role("button", name="PNG", exact=True).press("Enter")
    picture = Image.open(io.BytesIO(Path(started.value.path()).read_bytes())).convert("RGB")
    assert picture.size[0] == 3 * 720
    colours = {colour for _, colour in picture.getcolors(1 << 24)}
    assert {(255, 255, 255), (0x28, 0x5C, 0xC2), (0xB3, 0x57, 0x13), (0x00, 0x75, 0x60)} <= colours

    visit.context.set_offline(True)
    page.get_by_role("button", name="PNG", exact=True).press("Enter")
    expect(page.get_by_text("The server cannot be reached. Try again when it is back.")).to_be_visible()
    visit.context.set_offline(False)
    assert [problem for problem in visit.problems if "net::ERR" not in problem] == []
