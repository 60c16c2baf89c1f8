"""A study of own parts from the browser: chosen in the form, launched, watched, and its network evaluated."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from engine.parts.templates import KINDS, template
from tests.browser.test_configurator import answered, chip
from tests.browser.visit import Visit
from tests.processes.studio import PATIENCE, REPOSITORY, Studio, studio

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]
CHOICES = {
    "data.dataset": "bars",
    "network.neuron.kind": "resting_lif",
    "search.algorithm": "hill_climbing",
    "search.objective": "priced",
}
NUMBERS = {
    "data.image_size": 8,
    "network.time_steps": 2,
    "network.neuron.threshold": 0.3,
    "supernet.epochs": 4,
    "search.generations": 2,
    "search.population": 4,
    "retrain.epochs": 6,
}
"""So that it takes seconds."""


@pytest.fixture(scope="module")
def files(tmp_path_factory) -> list[Path]:
    """Copies of the templates, as a lab would have them."""
    folder = tmp_path_factory.mktemp("parts")
    for kind in KINDS:
        (folder / f"my_{kind}.py").write_text(template(kind))
    return sorted(folder.iterdir())


@pytest.fixture(scope="module")
def running(files, tmp_path_factory) -> Iterator[Studio]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AUTOSNN_PARTS", os.pathsep.join(map(str, files)))
        with studio(tmp_path_factory.mktemp("own") / "var") as found:
            yield found


def fill_in(page: Page) -> None:
    """Own parts for all five kinds; blocks by chips, all else by fields."""
    for details in page.locator("details.more").all():
        details.evaluate("one => { one.open = true; }")
    for field, value in CHOICES.items():
        page.locator(f"[id='{field}']").select_option(value)
    for field, number in NUMBERS.items():
        page.locator(f"[id='{field}']").fill(str(number))
    page.get_by_role("button", name=re.compile(r"All \d+ blocks")).click()
    chip(page, "all", "T3").click()
    chip(page, "all", "T5").click()
    for code in ("C3", "C5", "R3", "R5"):
        pressed = chip(page, "all", code)
        if pressed.get_attribute("aria-pressed") == "true":
            pressed.click()


def test_a_study_of_own_parts_from_form_to_network(browser, running, files, pictures, tmp_path):
    visit = Visit(browser, running.link)
    page = visit.page
    page.goto(running.url + "/studies/new")
    answered(page)
    fill_in(page)
    answered(page)
    page.locator("#launch").click()
    page.wait_for_url(re.compile(r"/studies/[0-9a-f-]{36}$"))
    expect(page.locator("#state")).to_have_text("succeeded", timeout=1000 * PATIENCE)
    winner = page.locator("#winner code").first.inner_text()
    assert re.search(r"\b(T3|T5|S)\b", winner)
    with page.expect_download() as started:
        page.locator("#download").click()
    package = tmp_path / "result.zip"
    started.value.save_as(package)
    parts = [option for file in files for option in ("--parts", str(file))]
    command = [sys.executable, "-m", "engine", *parts, "evaluate", str(package)]
    done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert f"{100 * json.loads(done.stdout)['accuracy']:.1f}" in page.locator("#winner").inner_text()
    page.goto(page.url + "?tab=pareto")
    expect(page.locator("#lambda-slider")).to_be_disabled()
    expect(page.locator("#lambda-hint")).to_contain_text("this study’s own objective, priced")
    expect(page.locator("#front-table tr").first).to_contain_text("not computed")
    assert [problem for problem in visit.problems if not problem.startswith("422")] == []  # of a form half filled in
    page.goto(running.url + "/docs/own-parts")
    expect(page.get_by_role("heading", name="Registered on this server")).to_be_visible()
    visit.take_pictures(pictures, "docs-own-parts")
    visit.context.close()
