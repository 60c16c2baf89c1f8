"""Exports of the ten architectures, each made once."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import pytest

from engine.exchange.export import export
from engine.exchange.formats import FORMATS
from engine.exchange.report import Report
from engine.export.package import Package
from tests.engine.exchange.networks import package_of, samples_of

Exported = Callable[[Any, str], tuple[Package, Report]]


@pytest.fixture(scope="session")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Exported:
    """The package of a case and the report of its export to a format; the file lies where the report says."""

    @cache
    def made(case: Any, to: str) -> tuple[Package, Report]:
        package = package_of(*case)
        folder = tmp_path_factory.mktemp(f"exported-{case[0]}-{to}")
        return package, export(package, to, folder / f"net{FORMATS[to].suffix}", samples_of(package))

    return made
