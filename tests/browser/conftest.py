"""Chromium, a running studio, and where the pictures go."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from engine.config.presets import PRESETS
from engine.config.study import StudyConfig
from tests.browser.scripted import Script
from tests.browser.visit import Visit, fresh_link
from tests.processes.session import Session
from tests.processes.studio import PATIENCE, Studio, studio

expect.set_options(timeout=20_000)  # the machine may be shared: only what never comes should fail

REPOSITORY = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def pictures() -> Path:
    """Screenshots are kept here; CI keeps them as artefacts."""
    folder = REPOSITORY / "var" / "screenshots"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@pytest.fixture(scope="session")
def running_studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    with studio(tmp_path_factory.mktemp("browser") / "var") as running:
        yield running


@pytest.fixture(scope="session")
def browser(chromium: str | None) -> Iterator[Browser]:
    # Chromium's sandbox refuses to run as root, as containers do
    arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=chromium, args=arguments)
        yield launched
        launched.close()


@dataclass(frozen=True)
class FinishedStudy:
    """A study that has succeeded on the running studio; `events` are its durable events, oldest first."""

    id: str
    url: str
    config: StudyConfig
    events: list[dict[str, Any]]

    def of_kind(self, kind: str) -> list[dict[str, Any]]:
        return [event for event in self.events if event["kind"] == kind]

    @property
    def winner(self) -> str:
        """The retrained architecture."""
        return str(self.of_kind("study_finished")[0]["architecture"])


def small_study() -> StudyConfig:
    """Quick look, 125 architectures, on a sixth of the digits: seconds, and every phase is in it."""
    quick = PRESETS["quick-look"].config
    return quick.model_copy(
        update={
            "name": "Small and finished",
            "data": quick.data.model_copy(update={"train_samples": 300, "test_samples": 60}),
            "supernet": quick.supernet.model_copy(update={"epochs": 4, "learning_rate": 1e-2}),
            "search": quick.search.model_copy(
                update={"generations": 3, "population": 6, "parents": 3, "mutations": 3, "crossovers": 3}
            ),
            "retrain": quick.retrain.model_copy(update={"epochs": 3, "learning_rate": 1e-2}),
        }
    )


GENERATIONS = 1000
"""More than any machine searches while a visit looks on: the visit itself stops the search."""


def long_search(name: str) -> StudyConfig:
    """Quick look on a third of the digits, with fewer epochs, in a space too large to know by heart soon."""
    quick = PRESETS["quick-look"].config
    first, pool, *rest = quick.network.macro.layers
    macro = quick.network.macro.model_copy(update={"layers": (first, first, first, pool, *rest)})
    return quick.model_copy(
        update={
            "name": name,
            "network": quick.network.model_copy(update={"macro": macro}),
            "data": quick.data.model_copy(update={"train_samples": 500, "test_samples": 120}),
            "supernet": quick.supernet.model_copy(update={"epochs": 4}),
            "search": quick.search.model_copy(update={"generations": GENERATIONS, "recalibration_batches": 3}),
            "retrain": quick.retrain.model_copy(update={"epochs": 4}),
        }
    )


@pytest.fixture(scope="session")
def finished_study(running_studio: Studio) -> FinishedStudy:
    """One small study, run once for every test that needs a finished one. Look at it; do not change it."""
    session, config = Session(running_studio, fresh_link(running_studio)), small_study()
    made = session.post("/api/studies", {"config": config.model_dump(mode="json")})["id"]
    deadline = time.monotonic() + PATIENCE
    while (found := session.get(f"/api/studies/{made}"))["state"] != "succeeded":
        assert found["state"] in ("queued", "running"), found["reason"]
        assert time.monotonic() < deadline, f"still {found['state']} at {found['progress']:.0%}"
        running_studio.pause()
    stored = session.events(made)
    return FinishedStudy(made, f"{running_studio.url}/studies/{made}", config, [row["event"] for row in stored])


# --- a signed-in visit, and a study whose events the test itself brings: the module says which, by its fixture `study`


@pytest.fixture(scope="module")
def session(browser: Browser, running_studio) -> dict[str, Any]:
    """Cookies of one sign-in, for every visit of this module."""
    visit = Visit(browser, fresh_link(running_studio))
    state = visit.context.storage_state()
    visit.context.close()
    return state


@pytest.fixture
def visit(browser, running_studio, session):
    made = Visit(browser, running_studio.url + "/docs/", session)
    yield made
    made.context.close()


@pytest.fixture
def script(visit, running_studio, study) -> Script:
    return Script(visit.page, running_studio.url, study)
