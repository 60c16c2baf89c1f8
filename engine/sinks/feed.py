"""Feeds a study's stored events to its sinks: each event once, also after a pause, and never at the study's cost."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from engine.config.study import StudyConfig
from engine.errors import ConfigError, EngineError
from engine.sinks.measurements import Measurements
from engine.sinks.mlflow import MLflow
from engine.sinks.sink import Sink, Target
from engine.sinks.tensorboard import TensorBoard
from engine.sinks.wandb import Trackio, WandB
from engine.storage.atomic import write_bytes
from engine.storage.files import is_there, read_json

KINDS: Mapping[str, Callable[[Target], Sink]] = {
    "tensorboard": TensorBoard,
    "mlflow": MLflow,
    "wandb": WandB,
    "trackio": Trackio,
}
USAGE = "tensorboard:DIR, mlflow:URI, wandb:PROJECT or trackio:PROJECT"
STATE = "sinks.json"
"""In a study's folder: of each sink its run, and how many events it was told."""
MAX_STATE = 100_000

Warn = Callable[[str], None]


def require_sinks(specs: Sequence[str]) -> None:
    """Raise ConfigError for a text that names no sink."""
    for spec in specs:
        kind, _, where = spec.partition(":")
        if kind not in KINDS or not where:
            raise ConfigError([f"--sink: must be {USAGE}, got {spec[:60]!r}"])


class Feed:
    """The sinks of one study's folder. One that fails is left out with a warning; the study goes on."""

    def __init__(self, folder: Path, specs: Sequence[str], config: StudyConfig, warn: Warn) -> None:
        """Raises ConfigError for a text that names no sink, and where a sink's package is not installed."""
        require_sinks(specs)
        self.file, self.warn = folder / STATE, warn
        self.state: dict[str, dict[str, Any]] = read_json(self.file, MAX_STATE) if is_there(self.file) else {}
        self.measurements = Measurements()
        self.events = 0
        self.sinks: dict[str, Sink] = {}
        for spec in dict.fromkeys(specs):
            self.state.setdefault(spec, {"run": uuid.uuid4().hex[:12], "told": 0})
            self._open(spec, config)

    def _open(self, spec: str, config: StudyConfig) -> None:
        kind, _, where = spec.partition(":")
        try:
            self.sinks[spec] = KINDS[kind](Target(where, config, self.state[spec]["run"]))
        except EngineError:
            raise
        except Exception as error:
            self._failed(spec, error)

    def tell(self, events: Sequence[Mapping[str, Any]]) -> None:
        """Stored events in wire form, in order and from the study's first on.

        What a sink was told before the study was paused it is not told again.
        """
        if not self.sinks:
            return
        for event in events:
            self.events += 1
            found = list(self.measurements.of(event))
            for spec in [one for one in self.sinks if self.state[one]["told"] < self.events]:
                self._log(spec, found)
        write_bytes(self.file, json.dumps(self.state).encode())

    def _log(self, spec: str, found: Sequence[Any]) -> None:
        try:
            for measurement in found:
                self.sinks[spec].log(measurement)
        except Exception as error:
            self._failed(spec, error)
        else:
            self.state[spec]["told"] = self.events

    def __enter__(self) -> Feed:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self.finish(done=kind is None)

    def finish(self, *, done: bool) -> None:
        for spec, sink in list(self.sinks.items()):
            try:
                sink.finish(done=done)
            except Exception as error:
                self._failed(spec, error)

    def _failed(self, spec: str, error: Exception) -> None:
        self.sinks.pop(spec, None)
        why = " ".join(str(error).split())[:200]
        self.warn(
            f"warning: --sink {spec} failed ({type(error).__name__}: {why}); the study goes on without it, and run "
            "again it is told the rest"
        )
