"""The stored studies, unpacked once, and whether this machine computes as the one that made them."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import pytest

from tests.stored.alike import LAST_DIGITS, OTHER_MACHINE, Tolerance
from tests.stored.arithmetic import arithmetic_here
from tests.stored.headless import Run, all_runs
from tests.stored.places import stored_facts, unpacked


@pytest.fixture(scope="session")
def stored(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The headless studies of commit abaee20. Copy what you change."""
    return unpacked("headless", tmp_path_factory.mktemp("stored"))


@pytest.fixture(scope="session")
def facts() -> Any:
    return stored_facts("headless")


@pytest.fixture(scope="session")
def runs(stored: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Run]:
    """The paused studies, resumed by the present code."""
    return all_runs(stored, tmp_path_factory.mktemp("resumed"))


@pytest.fixture(scope="session")
def other_sums(facts: Any) -> frozenset[str]:
    """The studies whose bits this machine cannot repeat, whatever the code: torch's sums, or g++'s, are others here."""
    here, there = arithmetic_here(), facts["arithmetic"]
    if any(here[key] != there[key] for key in ("torch", "sums")):
        warnings.warn("torch computes other bits here than where the fixture was made: compared roughly", stacklevel=1)
        return frozenset(facts["studies"])
    if here != there:
        warnings.warn("compiled kernels compute other bits here: the study with them is compared roughly", stacklevel=1)
        return frozenset({"kernels"})
    return frozenset()


@pytest.fixture(scope="session")
def computed(other_sums: frozenset[str]) -> Tolerance:
    """How far numbers computed in plain torch may be from the stored ones."""
    return OTHER_MACHINE if "evolution" in other_sums else LAST_DIGITS
