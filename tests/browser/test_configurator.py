"""The configurator in Chromium: edits and their way back, keyboard and pointer, errors, clones, drafts, texts."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from engine.config.presets import PRESETS
from tests.browser.accessibility import violations
from tests.browser.visit import DESKTOP, PHONE, Visit, fresh_link
from tests.browser.work import calls_of

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]
REPOSITORY = Path(__file__).resolve().parents[2]
QUICK = PRESETS["quick-look"].config
CANCEL = """(id) => {
  const token = /csrftoken=([^;]+)/.exec(document.cookie)[1];
  return fetch(`/api/studies/${id}/cancel`, { method: "POST", headers: { "X-CSRFToken": token } });
}"""


@pytest.fixture(scope="module")
def signed_in(browser, running_studio) -> Iterator[Visit]:
    found = Visit(browser, fresh_link(running_studio))
    found.page.emulate_media(reduced_motion="reduce")  # or axe reads colours in the middle of a change of theme
    yield found
    found.context.close()


@pytest.fixture
def visit(signed_in) -> Iterator[Visit]:
    """Without a draft; whatever else a test does, nothing may fail behind its back."""
    signed_in.page.evaluate("localStorage.clear()")
    yield signed_in
    assert [problem for problem in signed_in.problems if not problem.startswith("422")] == []
    signed_in.problems.clear()
    signed_in.page.unroute_all()


def configure(visit: Visit, query: str = "") -> Page:
    """The configurator once it listens and the server has answered."""
    visit.page.goto(re.sub(r"(//[^/]+).*", r"\1", visit.page.url) + f"/studies/new{query}")
    answered(visit.page)
    return visit.page


def answered(page: Page) -> None:
    """The server has checked what the form holds now."""
    expect(page.locator("#json")).to_be_enabled()
    expect(page.locator("#estimate")).to_have_attribute("aria-busy", "false")


def twin(page: Page) -> str:
    return page.locator("#json").input_value()


def layers(page: Page) -> list[str]:
    """The row of cards as kinds and widths."""
    found = json.loads(twin(page))["network"]["macro"]["layers"]
    return [str(layer["channels"]) if layer["kind"] == "search" else layer["kind"] for layer in found]


def focused(page: Page) -> str:
    return page.evaluate("document.activeElement.dataset.focus ?? ''")


def chip(page: Page, where: str, code: str) -> Locator:
    return page.locator(f'[data-focus="{where}/{code}"]')


def test_every_edit_can_be_undone_to_the_byte(visit):
    page = configure(visit)
    texts = [twin(page)]

    def step(act) -> None:
        act()
        texts.append(twin(page))
        assert texts[-1] != texts[-2]

    step(lambda: chip(page, "all", "C3").click())
    step(lambda: chip(page, "layer2", "R3").click())
    step(lambda: page.get_by_role("button", name="Add a searched layer").click())
    step(lambda: page.get_by_label("Layer 2: kind").select_option("avg_pool"))
    step(lambda: page.get_by_role("button", name="Duplicate layer 1").click())
    step(lambda: page.get_by_role("button", name="Remove layer 4").click())
    step(lambda: page.get_by_label("Layer 1: stride").select_option("2"))
    step(lambda: page.locator("[id='network.macro.global_average_pooling']").check())
    step(lambda: page.locator("[id='network.macro.stem_channels']").fill("12"))
    step(lambda: page.locator("[id='supernet.epochs']").fill("40"))
    step(lambda: page.get_by_role("button", name="Exhaustive, digits").click())
    page.locator("h1").click()  # away from the text fields, which have an undo of their own
    for text in reversed(texts[:-1]):
        page.keyboard.press("Control+z")
        assert twin(page) == text
    expect(page.locator("#undo")).to_be_disabled()
    for text in texts[1:]:
        page.keyboard.press("Control+Shift+z")
        assert twin(page) == text
    expect(page.locator("#redo")).to_be_disabled()


def test_the_size_of_the_space_follows_each_chip_at_once_and_is_the_server_s(visit):
    page = configure(visit)
    expect(page.locator("#size")).to_have_text("125")
    chip(page, "all", "C3").click()
    assert page.locator("#size").inner_text() == "64"  # no answer of the server is waited for
    chip(page, "layer0", "C3").click()
    assert page.locator("#size").inner_text() == "80"
    expect(chip(page, "all", "C3")).to_have_attribute("aria-pressed", "mixed")
    page.get_by_role("button", name="All 19 blocks").click()
    chips = page.locator("#candidates .chip")
    calls = calls_of(page, lambda: chips.evaluate_all("all => all.forEach((one) => one.click())"))
    assert calls / chips.count() < 4_000  # in closed form, not by counting 6,859 architectures

    compare = """async () => {
        const { spaceSize, budget } = await import('/static/configurator/space.js');
        const token = /csrftoken=([^;]+)/.exec(document.cookie)[1];
        const differing = [];
        for (const { key, config } of JSON.parse(document.getElementById('presets-data').textContent)) {
            const answer = await fetch('/api/estimate', {method: 'POST', body: JSON.stringify({config}),
                headers: {'Content-Type': 'application/json', 'X-CSRFToken': token}});
            const said = await answer.json();
            const evaluated = config.analysis ? 0 : Number(budget(config));
            if (String(spaceSize(config)) !== said.space.size || evaluated !== said.budget) differing.push([key, said]);
        }
        return differing;
    }"""
    assert page.evaluate(compare) == []


def test_layers_are_reordered_by_keyboard_alone(visit):
    page = configure(visit)
    assert layers(page) == ["8", "max_pool", "16", "16", "max_pool"]
    page.locator('[data-focus="handle0"]').focus()
    page.keyboard.press("ArrowRight")
    assert layers(page) == ["max_pool", "8", "16", "16", "max_pool"]
    expect(page.locator("#said")).to_have_text("Layer 1 is now layer 2 of 5")
    assert focused(page) == "handle1"
    page.keyboard.press("End")
    assert layers(page) == ["max_pool", "16", "16", "max_pool", "8"]
    assert focused(page) == "handle4"
    page.keyboard.press("ArrowRight")  # already the last: nothing happens
    page.keyboard.press("Home")
    assert layers(page) == ["8", "max_pool", "16", "16", "max_pool"]
    page.keyboard.press("Delete")
    assert layers(page) == ["max_pool", "16", "16", "max_pool"]
    assert focused(page) == "handle0"
    page.keyboard.press("Control+z")
    assert layers(page) == ["8", "max_pool", "16", "16", "max_pool"]
    assert focused(page) == "handle0"


def drag(page: Page, card: int, onto: int, *, leave: bool = False) -> None:
    start, end = (page.locator(f'[data-focus="handle{i}"]').bounding_box() for i in (card, onto))
    page.mouse.move(start["x"] + 8, start["y"] + 8)
    page.mouse.down()
    page.mouse.move((start["x"] + end["x"]) / 2, start["y"] + 30, steps=4)
    page.mouse.move(end["x"] + 150, end["y"] + 8, steps=4)
    if leave:
        page.keyboard.press("Escape")
    page.mouse.up()


def test_layers_are_reordered_by_dragging_and_escape_leaves_them(visit):
    page = configure(visit)
    page.set_viewport_size({"width": 1900, "height": 900})  # both cards in sight
    page.locator("#layers").scroll_into_view_if_needed()
    drag(page, 0, 2, leave=True)
    assert layers(page) == ["8", "max_pool", "16", "16", "max_pool"]
    drag(page, 0, 1)
    assert layers(page) == ["max_pool", "8", "16", "16", "max_pool"]
    page.keyboard.press("Control+z")
    assert layers(page) == ["8", "max_pool", "16", "16", "max_pool"]
    assert page.locator(".dragged, .drop-before, .drop-after").count() == 0
    page.set_viewport_size(DESKTOP)


def test_shapes_flow_through_the_cards(visit):
    page = configure(visit)
    shapes = ["8×16×16", "8×16×16", "8×8×8", "16×8×8", "16×8×8", "16×4×4", "100"]
    expect(page.locator("#layers .shape")).to_have_text(shapes)
    page.get_by_label("Layer 2: kind").select_option("search")
    expect(page.locator("#layers .shape").nth(2)).to_have_text("8×16×16")


def test_errors_sit_at_their_field_and_nothing_invalid_is_launched(visit):
    page = configure(visit)
    launch, why = page.locator("#launch"), page.locator("#why")
    expect(launch).to_be_enabled()

    page.locator("[id='supernet.epochs']").fill("0")
    expect(page.locator("[id='supernet.epochs-problem']")).to_have_text(re.compile("must be at least 1"))
    said = page.locator("[id='supernet.epochs-problem']").inner_text()
    expect(page.locator("#stale")).to_be_visible()
    expect(why).to_have_text(f"Cannot launch: Supernet · epochs: {said}.")  # the server's own words
    expect(launch).to_be_disabled()
    page.locator("h1").click()
    page.locator("#goto").click()
    expect(page.locator("[id='supernet.epochs']")).to_be_focused()
    page.locator("[id='supernet.epochs']").fill("2")
    expect(launch).to_be_enabled()
    expect(why).to_be_empty()

    # a shape that cannot be is said at the very card, beside what is typed
    for _ in range(3):
        page.get_by_role("button", name="Add a max-pool").click()
    expect(page.locator("[id='network.macro.layers.7-problem']")).to_contain_text("its input is 1×1")
    expect(page.locator("[id='supernet.epochs']")).to_have_value("2")
    expect(launch).to_be_disabled()
    page.get_by_role("button", name="Remove layer 8").click()
    expect(launch).to_be_enabled()

    # what a closed part hides is opened
    page.locator("#twin summary").click()
    document = json.loads(twin(page))
    document["data"]["validation_fraction"] = 0.9
    page.locator("#json").fill(json.dumps(document))
    expect(page.locator("[id='data.validation_fraction-problem']")).to_be_visible()
    expect(page.locator("[id='data.validation_fraction']")).to_have_attribute("aria-invalid", "true")

    # no block at all
    page.get_by_role("button", name="Undo").click()
    expect(launch).to_be_enabled()
    for code in ("S", "C3", "C5", "R3", "R5"):
        chip(page, "layer0", code).click()
    expect(page.locator("#size")).to_have_text("0")
    expect(page.locator("[id='network.macro.layers.0.candidates-problem']")).to_contain_text("at least 1")
    expect(launch).to_be_disabled()

    page.locator("#json").fill('{"name": ')
    expect(page.locator("#json-problem")).to_contain_text("The form keeps the last document it could read")
    assert page.locator("#json").input_value() == '{"name": '


def test_the_firing_rate_behind_the_synops_is_named_and_can_be_ones_own(visit):
    page = configure(visit)
    cells = page.locator("#synops td")
    before = cells.all_inner_texts()
    expect(page.locator("#rate-source")).to_have_text("AutoSNN's poster: SNN_1 of SRB_k3, CIFAR-10")
    page.locator("#firing_rate").fill("0.5")
    expect(page.locator("#rate-source")).to_have_text("your own")
    assert cells.all_inner_texts() != before
    page.locator("#firing_rate").fill("2")
    expect(page.locator("#firing_rate-problem")).to_have_text("must be more than 0, at most 1")
    page.locator("#firing_rate").fill("0.5")
    page.locator("#rate-poster").click()
    expect(cells).to_have_text(before)


def test_the_nir_verdict_says_why(visit):
    page = configure(visit)
    expect(page.locator("#nir")).to_have_text("Yes")
    expect(page.locator("#nir-why")).to_contain_text("a max-pool of spikes becomes neurons of threshold 1/8")
    page.get_by_text("More of neuron and time").click()
    page.locator("[id='network.neuron.reset']").select_option("soft")
    expect(page.locator("#nir")).to_have_text("No")
    expect(page.locator("#nir-why")).to_contain_text("soft reset subtracts the threshold")


def send(page: Page, url: str, body: dict) -> dict:
    script = """async ([url, body]) => {
        const token = /csrftoken=([^;]+)/.exec(document.cookie)[1];
        const answer = await fetch(url, {method: 'POST', body: JSON.stringify(body),
            headers: {'Content-Type': 'application/json', 'X-CSRFToken': token}});
        return answer.json();
    }"""
    return page.evaluate(script, [url, body])


def test_what_does_not_fit_the_server_s_memory_is_said_at_its_field_and_not_launched(visit):
    page = configure(visit)
    expect(page.locator("#memory-notes")).to_contain_text("free now")
    for field, value in (("data.image_size", "128"), ("network.macro.stem_channels", "1024")):
        page.locator(f"[id='{field}']").fill(value)
    page.locator("[id='data.dataset']").select_option("cifar10_dvs")
    page.locator("[id='network.time_steps']").fill("64")
    page.locator("[id='supernet.batch_size']").fill("4096")
    expect(page.locator("[id='supernet.batch_size-problem']")).to_contain_text(
        re.compile(r"needs about [\d.]+ GB of memory")
    )
    expect(page.locator("#memory-notes")).to_contain_text("more than the")
    expect(page.locator("#size")).to_have_text("125")
    expect(page.locator("#launch")).to_be_disabled()
    expect(page.locator("#why")).to_contain_text("Supernet · batch size: the study needs about")


def test_a_lost_connection_is_said_and_nothing_typed_is_lost(visit):
    page = configure(visit)
    visit.context.set_offline(True)
    page.locator("#name").fill("Typed offline")
    expect(page.locator("#trouble")).to_contain_text("The server cannot be reached")
    expect(page.locator("#name")).to_have_value("Typed offline")
    visit.context.set_offline(False)
    expect(page.locator("#trouble")).to_be_hidden(timeout=30_000)  # it asks again by itself


def test_a_launch_whose_answer_was_lost_is_launched_again_and_is_one_study(visit):
    """And another one after it is a study of its own."""
    page = configure(visit)
    page.locator("#name").fill("Launched twice")
    answered(page)
    keys = []

    def lose_the_answer(route):
        keys.append(route.request.headers["idempotency-key"])
        route.fetch()
        route.abort()

    page.route("**/api/studies", lose_the_answer, times=1)
    page.locator("#launch").click()
    expect(page.locator("#trouble")).to_contain_text("try again: this creates no second study")
    with page.expect_request("**/api/studies") as again:
        page.locator("#launch").click()
    page.wait_for_url(re.compile(r"/studies/[0-9a-f-]{36}"))
    assert [again.value.headers["idempotency-key"]] == keys
    assert [study["id"] for study in launched_as(page, "Launched twice")] == [page.url.rpartition("/")[2]]
    page = configure(visit)
    page.locator("#name").fill("Launched twice")
    answered(page)
    page.locator("#launch").click()
    page.wait_for_url(re.compile(r"/studies/[0-9a-f-]{36}"))
    assert len(launched_as(page, "Launched twice")) == 2
    for study in launched_as(page, "Launched twice"):
        page.evaluate(CANCEL, study["id"])


def launched_as(page: Page, name: str) -> list[dict]:
    studies = page.evaluate("fetch('/api/studies').then((answer) => answer.json())")["studies"]
    return [study for study in studies if study["name"] == name]


def test_a_clone_shows_what_it_changes_of_its_parent_and_puts_it_back(visit):
    page = configure(visit)
    parent = send(
        page, "/api/studies", {"config": QUICK.model_copy(update={"name": "The parent"}).model_dump(mode="json")}
    )
    send(page, f"/api/studies/{parent['id']}/cancel", {})
    configure(visit, f"?from={parent['id']}")
    changes = page.locator("#changes")
    expect(changes.get_by_role("link", name="The parent")).to_have_attribute("href", parent["url"])
    expect(changes.locator("li")).to_have_count(0)
    digest = page.locator("#digest").get_attribute("title")
    assert digest == QUICK.digest()
    before = twin(page)

    chip(page, "all", "R7").or_(page.get_by_role("button", name="All 19 blocks")).first.click()
    chip(page, "all", "R7").click()
    page.locator("[id='network.macro.layers.2.channels']").fill("24")
    page.locator("[id='search.fitness_lambda']").fill("-0.16")
    expect(changes.locator("li")).to_have_count(3)
    for where, what in (
        ("Network · candidate blocks", "+ R7"),
        ("Layer 3 · channels", "16 → 24"),
        ("Search · fitness λ", "-0.08 → -0.16"),
    ):
        expect(changes.locator("li").filter(has_text=where)).to_contain_text(what)
    changes.get_by_role("button", name="Revert: Layer 3 · channels").click()
    expect(page.locator("[id='network.macro.layers.2.channels']")).to_have_value("16")
    changes.get_by_role("button", name="Revert all").click()
    assert twin(page) == before
    answered(page)
    expect(page.locator("#digest")).to_have_attribute("title", digest)

    # a preset taken up is what the form is compared with from then on, and undo brings the parent back
    page.locator("#start summary").first.click()
    page.get_by_role("button", name="NSGA-II, digits").click()
    expect(changes.locator("h2")).to_contain_text("NSGA-II, digits")
    page.keyboard.press("Control+z")
    expect(changes.locator("h2")).to_contain_text("The parent")


def test_a_draft_survives_a_reload_with_what_it_is_compared_with(visit):
    page = configure(visit, "?preset=snn-3")
    page.locator("#name").fill("Kept for later")
    page.get_by_role("button", name="Remove layer 1").click()
    kept = twin(page)
    configure(visit)
    assert twin(page) == kept
    expect(page.locator("#saved")).to_contain_text("unfinished draft")
    expect(page.locator("#changes h2")).to_contain_text("SNN_3 (strided blocks)")
    configure(visit, "?preset=quick-look")
    expect(page.locator("#name")).to_have_value("Quick look")
    page.keyboard.press("Control+z")
    expect(page.locator("#name")).to_have_value("Kept for later")


def test_an_analysis_is_put_together_and_baselines_are_ticked(visit):
    page = configure(visit)
    page.get_by_text("Baselines beside the front").click()
    page.get_by_label("CIFARNet (Wu 2019b)").check()
    assert json.loads(twin(page))["retrain"]["baselines"] == ["wu-2019b"]
    page.get_by_label("CIFARNet (Wu 2019b)").uncheck()
    before = twin(page)

    page.get_by_label("Train a list of architectures").check()
    expect(page.locator("#launch")).to_have_text("Launch analysis")
    page.get_by_role("button", name="Add an arm").click()
    page.locator("[id='analysis.arms.0.label']").fill("All R5")
    page.locator("[id='analysis.arms.0.random']").fill("0")
    expect(page.locator("[id='analysis.arms.0.architectures-problem']")).to_contain_text("give genomes")
    expect(page.locator("#launch")).to_be_disabled()
    page.locator("[id='analysis.arms.0.architectures']").fill("R5-R5-R5, R5-S-R5")
    expect(page.locator("#launch")).to_be_enabled()
    page.locator("[id='analysis.arms.1.zoo']").select_option("wu-2019b")
    page.locator("[id='analysis.arms.1.zoo_channels']").fill("8")
    first, second = json.loads(twin(page))["analysis"]["arms"]
    assert (first["label"], first["architectures"], first["random"]) == ("All R5", ["R5-R5-R5", "R5-S-R5"], 0)
    assert (second["random"], second["zoo"], second["zoo_channels"]) == (1, "wu-2019b", 8)
    expect(page.locator("#time-notes")).not_to_contain_text("supernet")
    page.get_by_label("Search a space").check()
    assert twin(page) == before
    expect(page.locator("#launch")).to_have_text("Launch search")
    page.get_by_label("Train a list of architectures").check()  # what was switched off is not lost
    expect(page.locator("[id='analysis.arms.0.label']")).to_have_value("All R5")


def test_the_texts_beside_the_form_run_the_same_study(visit, tmp_path):
    page = configure(visit)
    tiny = QUICK.model_dump(mode="json") | {"name": 'It\'s "tiny", $(not) run by `sh`'}
    tiny["data"] |= {"image_size": 8, "train_samples": 60, "test_samples": 20}
    tiny["network"]["macro"] |= {
        "stem_channels": 2,
        "layers": [{"kind": "search", "channels": 2, "stride": 1, "candidates": None}],
    }
    tiny["network"]["time_steps"] = 2
    tiny["supernet"]["epochs"] = tiny["retrain"]["epochs"] = 1
    tiny["search"] |= {"generations": 1, "population": 2, "parents": 2, "mutations": 1, "crossovers": 1}
    page.locator("#twin summary").click()
    page.locator("#json").fill(json.dumps(tiny, indent=2))
    answered(page)
    page.locator("#cli summary").click()
    page.locator("#python summary").click()
    digest = page.locator("#digest").get_attribute("title")
    shell, program = page.locator("#cli-text").inner_text(), page.locator("#python-text").inner_text()
    for name in (".venv", "engine"):
        (tmp_path / name).symlink_to(REPOSITORY / name)
    ran = subprocess.run(["bash", "-c", shell], cwd=tmp_path, capture_output=True, text=True, timeout=200)
    assert ran.returncode == 0, ran.stderr
    assert json.loads(ran.stdout.splitlines()[0])["config_digest"] == digest
    assert (tmp_path / "study.json").read_text().rstrip("\n") == twin(page)
    compile(program, "program.py", "exec")
    checked = program.split("for event in")[0] + "print(config.digest())"
    ran = subprocess.run(
        [REPOSITORY / ".venv/bin/python", "-c", checked], cwd=tmp_path, capture_output=True, text=True, timeout=100
    )
    assert ran.stdout.strip() == digest, ran.stderr


def test_every_state_is_accessible_in_both_themes_and_fits_a_phone(visit, pictures):
    page = configure(visit)
    expect(page.locator("#launch")).to_be_in_viewport()
    assert violations(page) == []
    visit.take_pictures(pictures, "configurator-first")
    configure(visit, "?preset=digits-blocks")
    page.get_by_role("button", name="All 19 blocks").click()
    chip(page, "layer0", "D5x6").click()
    page.evaluate("for (const part of document.querySelectorAll('.configurator details')) part.open = true")
    page.locator("[id='retrain.batch_size']").fill("1")
    expect(page.locator("#launch")).to_be_disabled()
    expect(page.locator("[id='retrain.batch_size-problem']")).to_be_visible()
    assert violations(page) == []
    visit.take_pictures(pictures, "configurator-everything")
    page.set_viewport_size(PHONE)
    expect(page.locator("#launch")).to_be_in_viewport()  # at hand wherever one is
    page.set_viewport_size(DESKTOP)


def test_nothing_moves_while_the_page_comes_and_nothing_leaves_the_host(visit):
    asked: list[str] = []
    visit.page.on("request", lambda request: asked.append(request.url))
    page = configure(visit, "?preset=paper-cifar10")
    host = re.match(r"http://[^/]+/", page.url)[0]
    assert len(asked) > 10
    assert [url for url in asked if not url.startswith(host)] == []
    shift = """() => new Promise((done) => new PerformanceObserver((list) =>
        done(list.getEntries().filter((e) => !e.hadRecentInput).reduce((sum, e) => sum + e.value, 0)))
        .observe({type: 'layout-shift', buffered: true}) || setTimeout(() => done(0), 1000))"""
    assert page.evaluate(shift) < 0.05
