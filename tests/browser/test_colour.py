"""Colour vision of other kinds: nothing on the study and compare pages is told apart by hue alone."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.colour import SIMULATIONS, Colour, contrast, distance, linear, simulated
from tests.browser.scripted import stored_study
from tests.browser.stored import visit_of
from tests.browser.visit import Visit, fresh_link
from webapp.studies.selectors.block_facts import block_facts

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
SERIES = [f"--series-{number}" for number in range(1, 9)]
BLOCKS = sorted({block["fill"] for block in block_facts()["blocks"]} - {""})
PAIRS = [("--accent", "--ink"), ("--warn", "--ink"), ("--event-on", "--event-off")]
"""Marks that may lie on one another, and the two polarities of events."""
APART = 6.0
"""In OKLab times 100, under every simulation; whatever is nearer needs another channel than colour."""
TEXT, GRAPHICS = 4.5, 3.0

TOKENS = """async (names) => {
  const { token } = await import("/static/lib/colours.js");
  return Object.fromEntries(names.map((name) => {
    document.documentElement.style.setProperty("--probe", name.startsWith("--") ? `var(${name})` : name);
    return [name, token("--probe").match(/\\d+/g).map(Number)];
  }));
}"""
HEAT = """async () => {
  const { heat } = await import("/static/lib/colours.js");
  return Array.from({ length: 33 }, (_, i) => heat(i / 32).match(/\\d+/g).map(Number));
}"""


@pytest.fixture(scope="module")
def visit(browser: Browser, running_studio) -> Iterator[Visit]:
    made = Visit(browser, fresh_link(running_studio))
    made.page.goto(running_studio.url + "/docs/")
    yield made
    made.context.close()


@pytest.fixture(scope="module", params=["light", "dark"])
def tokens(request, visit) -> Iterator[dict[str, Colour]]:
    """What the style sheets make of the tokens in this theme."""
    visit.page.emulate_media(color_scheme=request.param)
    names = [*SERIES, *BLOCKS, *(name for pair in PAIRS for name in pair), "--block-ink", "--surface"]
    yield {name: linear(channels) for name, channels in visit.page.evaluate(TOKENS, names).items()}
    visit.page.emulate_media(color_scheme="light")


def seen(tokens: dict[str, Colour], kind: str) -> dict[str, Colour]:
    return {name: simulated(colour, kind) for name, colour in tokens.items()}


@pytest.mark.parametrize("kind", SIMULATIONS)
def test_marks_that_lie_on_one_another_stay_apart(tokens, kind):
    colours = seen(tokens, kind)
    for one, other in PAIRS:
        assert distance(colours[one], colours[other]) > APART, (one, other)


@pytest.mark.parametrize("kind", SIMULATIONS)
def test_every_series_stands_out_from_its_ground_and_every_code_can_be_read_on_its_block(tokens, kind):
    colours = seen(tokens, kind)
    for name in SERIES:
        assert contrast(colours[name], colours["--surface"]) >= GRAPHICS, name
    for name in BLOCKS:
        assert contrast(colours[name], colours["--block-ink"]) >= TEXT, name


@pytest.mark.parametrize("kind", SIMULATIONS)
def test_heat_grows_lighter_all_the_way(visit, kind):
    shades = [simulated(linear(shade), kind) for shade in visit.page.evaluate(HEAT)]
    lightness = [contrast(shade, (0, 0, 0)) for shade in shades]
    assert lightness == sorted(set(lightness))


LOOKS = """async () => {
  const { series } = await import("/static/compare/series.js");
  return Array.from({ length: 8 }, (_, place) => series(place));
}"""


def test_series_too_near_in_colour_have_their_own_symbol_and_dashes(visit, tokens):
    looks: list[dict[str, Any]] = visit.page.evaluate(LOOKS)
    near = {
        pair
        for kind in SIMULATIONS
        for pair in combinations(range(8), 2)
        if distance(*(simulated(tokens[SERIES[k]], kind) for k in pair)) < APART
    }
    assert near  # eight hues cannot all stay apart: this is why there are symbols
    for one, other in near:
        for channel in ("glyph", "symbol", "dash"):
            assert looks[one][channel] != looks[other][channel], (one, other)


def under(page: Page, kind: str) -> bytes:
    """A picture of what is in sight, as Chromium simulates the deficiency."""
    tools = page.context.new_cdp_session(page)
    tools.send("Emulation.setEmulatedVisionDeficiency", {"type": kind})
    picture = page.screenshot(animations="disabled")
    tools.send("Emulation.setEmulatedVisionDeficiency", {"type": "none"})
    tools.detach()
    return picture


GENES = "all => all.map((cell) => [cell.textContent, cell.dataset.family, getComputedStyle(cell).borderBottomStyle])"


def test_blocks_and_points_of_the_study_page_are_told_by_code_and_shape(visit, running_studio, pictures):
    page = visit.page
    page.emulate_media(color_scheme="light")
    page.goto(f"{running_studio.url}/studies/{stored_study(running_studio, 12)}?tab=pareto&c=7")
    expect(page.locator("#plot .point").first).to_be_attached()
    expect(page.locator("#inspector canvas")).to_be_visible()
    genes = {tuple(cell) for cell in page.locator(".gene").evaluate_all(GENES)}
    assert {code for code, *_ in genes} == {"S", "C3", "C5", "R3", "R5"}
    assert len(genes) == 5  # a code is always drawn alike
    edges = {code: edge for code, _, edge in genes}
    assert edges["C3"] == edges["R3"] != edges["C5"] == edges["R5"]  # the kernel in the lower edge
    rings = [page.locator(f".ring.{kind}") for kind in ("selected", "best")]
    shapes = [ring.evaluate("one => [one.offsetWidth, getComputedStyle(one).rotate]") for ring in rings]
    assert shapes[0] != shapes[1]
    plain = page.screenshot(animations="disabled")
    for kind in SIMULATIONS:
        picture = under(page, kind)
        assert picture != plain
        (pictures / f"study-{kind}.png").write_bytes(picture)
    page.keyboard.press("4")
    for kind in SIMULATIONS:
        (pictures / f"study-map-{kind}.png").write_bytes(under(page, kind))


def test_eight_studies_side_by_side_are_told_by_their_symbols(browser, running_studio, pictures):
    visit, ids = visit_of(browser, running_studio, "onlooker", *(f"Study {k}" for k in range(8)))
    page = visit.page
    page.goto(f"{running_studio.url}/compare?s={','.join(ids)}&a={ids[0]}:winner,{ids[1]}:R3-R3-C3")
    expect(page.locator("#fronts .main-svg").first).to_be_visible()
    expect(page.locator("#heatmaps canvas")).to_have_count(2)
    assert len(set(page.locator("#chosen .mark").all_inner_texts())) == 8
    lines = page.evaluate(
        "document.getElementById('fronts').data.filter((one) => /lines/.test(one.mode)).map((one) => "
        "[one.line.dash, one.marker.symbol].join())"
    )
    assert len(set(lines)) == 8
    for kind in SIMULATIONS:
        (pictures / f"compare-{kind}.png").write_bytes(under(page, kind))
    visit.context.close()
