"""What a sink is, and how its library is loaded."""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from typing import Any, Protocol

from engine.config.study import StudyConfig
from engine.errors import ConfigError
from engine.sinks.measurements import Measurement


@dataclass(frozen=True)
class Target:
    """What a sink is opened for: `where` it writes, the study, and the run's id, the same after a pause."""

    where: str
    config: StudyConfig
    run: str


class Sink(Protocol):
    """One run in another tool. Its methods may raise whatever the tool raises."""

    def log(self, measurement: Measurement) -> None:
        """Hand over numbers."""

    def finish(self, *, done: bool) -> None:
        """The study is `done`, or paused; nothing comes after it."""


def library(module: str, package: str, kind: str) -> Any:
    """The module of a sink. Raises ConfigError where its package is not installed."""
    try:
        return importlib.import_module(module)
    except ImportError as error:
        why = f"needs the package {package}, which is not installed here (pip install {package}): {error}"
        raise ConfigError([f"--sink {kind}: {why}"]) from error
