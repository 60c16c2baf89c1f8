"""Report, paper kit and replays in Chromium: print, PNG, keys, reduced motion, and the first visit."""

import io
import re
import zipfile
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import expect

from tests.browser.accessibility import violations
from tests.browser.stored import visit_of

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]
PATIENCE_MS = 60_000


@pytest.fixture(scope="module")
def publishing(browser, running_studio):
    visit, [study] = visit_of(browser, running_studio, "publisher", "Published")
    yield visit, f"{running_studio.url}/studies/{study}"
    visit.context.close()


def downloaded(page, what) -> bytes:
    with page.expect_download() as started:
        what.click()
    return Path(started.value.path()).read_bytes()


def test_the_report_on_screen_and_its_pictures_as_png(publishing, pictures):
    visit, study = publishing
    page = visit.page
    page.goto(f"{study}/report")
    for image in page.locator("article img:not([loading])").all():
        expect(image).to_have_js_property("complete", True, timeout=PATIENCE_MS)
        assert image.evaluate("image => image.naturalWidth") > 300
    page.wait_for_load_state("networkidle")
    picture = Image.open(io.BytesIO(downloaded(page, page.locator("[data-name='front.png']"))))
    assert picture.size[0] == 3 * 720
    colours = {colour for _, colour in picture.convert("RGB").getcolors(1 << 24)}
    assert {(255, 255, 255), (0x1D, 0x22, 0x2B)} <= colours  # paper and ink
    page.locator(".genomes summary").click()
    genome = Image.open(io.BytesIO(downloaded(page, page.locator("[data-name='genome-R5-C5-S.png']"))))
    assert genome.size[0] > 1500
    kit = zipfile.ZipFile(io.BytesIO(downloaded(page, page.locator("#kit"))))
    assert "paper.tex" in kit.namelist()
    assert violations(page) == []
    visit.take_pictures(pictures, "report")
    assert visit.problems == []


def test_the_report_prints_light_without_the_page_around_it(publishing, pictures):
    visit, study = publishing
    page = visit.page
    page.goto(f"{study}/report")
    page.locator("#theme").click()  # the reader's own choice is dark
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    page.emulate_media(media="print")
    for hidden in (".topbar", ".sheet-tools", ".forms >> nth=0"):
        expect(page.locator(hidden)).to_be_hidden()
    assert page.evaluate("getComputedStyle(document.documentElement).backgroundColor") == "rgb(255, 255, 255)"
    ink, paper = page.evaluate(
        """() => {
          const probe = document.createElement("canvas").getContext("2d");
          const style = getComputedStyle(document.querySelector(".paper"));
          return [style.color, style.backgroundColor].map((colour) => {
            probe.fillStyle = colour;
            probe.fillRect(0, 0, 1, 1);
            return probe.getImageData(0, 0, 1, 1).data[0];
          });
        }"""
    )
    assert ink < 60
    assert paper == 255
    page.set_viewport_size({"width": 794, "height": 1123})  # A4
    assert page.evaluate("document.documentElement.scrollWidth") <= 794
    page.screenshot(path=pictures / "report-print.png", full_page=True)
    printed = page.pdf(format="A4")
    assert printed.startswith(b"%PDF")
    page.emulate_media(media="screen")
    page.evaluate("localStorage.removeItem('theme')")  # and the next page follows the system again
    page.set_viewport_size({"width": 1280, "height": 900})
    assert visit.problems == []


def test_a_replay_plays_and_obeys_the_keys(publishing, pictures):
    visit, study = publishing
    page = visit.page
    page.goto(f"{study}/replay")
    count = page.locator("[data-count]")
    expect(count).to_have_text("Generation 1 of 8", timeout=PATIENCE_MS)  # by itself
    page.keyboard.press("Space")
    expect(page.locator("[data-play]")).to_have_text("Play")
    page.keyboard.press("Home")
    expect(count).to_have_text("Supernet")
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    expect(count).to_have_text("Generation 3 of 8")
    page.keyboard.press("ArrowLeft")
    expect(count).to_have_text("Generation 2 of 8")
    expect(page).to_have_url(re.compile(r"/replay\?g=2$"))
    page.keyboard.press("f")
    page.wait_for_function("document.fullscreenElement !== null")
    page.keyboard.press("f")
    page.wait_for_function("document.fullscreenElement === null")
    page.goto(f"{study}/replay?g=5")
    expect(count).to_have_text("Generation 5 of 8", timeout=PATIENCE_MS)
    expect(page.locator("[data-play]")).to_have_text("Play")  # an address that names a scene stays there
    page.keyboard.press("End")
    expect(count).to_have_text("The winner")
    expect(page.locator("[data-tag]")).to_have_text("test, retrained")
    assert violations(page) == []
    visit.take_pictures(pictures, "replay")
    assert visit.problems == []


def test_reduced_motion_plays_nothing_by_itself(publishing):
    visit, study = publishing
    page = visit.page
    page.emulate_media(reduced_motion="reduce")
    page.goto(f"{study}/replay")
    expect(page.locator("[data-count]")).to_have_text("The winner", timeout=PATIENCE_MS)
    expect(page.locator("[data-play]")).to_have_text("Play again")
    page.locator("[data-play]").click()  # a person may still ask for it
    expect(page.locator("[data-count]")).to_have_text("Generation 1 of 8", timeout=PATIENCE_MS)
    page.emulate_media(reduced_motion="no-preference")
    assert visit.problems == []


def test_a_first_visit_shows_a_search_that_plays_by_itself(browser, running_studio, pictures):
    visit, _ = visit_of(browser, running_studio, "newcomer")
    page = visit.page
    page.wait_for_load_state("networkidle")
    page.goto(running_studio.url + "/")
    count = page.locator("#first-visit [data-count]")
    expect(count).to_have_text(re.compile("Generation [12] of 8"), timeout=PATIENCE_MS)
    expect(page.locator("#first-visit .dots.now")).to_have_count(1)
    expect(count).to_have_text(re.compile("Generation [34] of 8"), timeout=PATIENCE_MS)  # and it goes on
    page.locator("#first-visit [data-range]").press("End")
    expect(count).to_have_text("The winner")
    expect(page.get_by_role("link", name="Try it: Quick look")).to_have_attribute(
        "href", "/studies/new?preset=quick-look"
    )
    assert violations(page) == []
    visit.take_pictures(pictures, "first-visit")
    page.get_by_role("link", name="Open the replay").click()
    expect(page.locator("#talk [data-count]")).to_have_text("Supernet", timeout=PATIENCE_MS)
    assert violations(page) == []
    assert visit.problems == []
    visit.context.close()


def test_events_that_cannot_be_read_are_said(publishing):
    visit, study = publishing
    visit.page.route("**/events?*", lambda route: route.abort())
    visit.page.goto(f"{study}/replay")
    expect(visit.page.locator("#problem")).to_contain_text("The server cannot be reached")
    visit.page.unroute("**/events?*")
