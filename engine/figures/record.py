"""What the figures are drawn from: a study's config and what its events say was found."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from engine.config.parse import parse_config
from engine.config.study import StudyConfig
from engine.errors import MeasureError
from engine.events import StudyFinished, StudyStarted
from engine.metrics.pareto import front, knee
from engine.metrics.spike_map import decode_map
from engine.space.architecture import Architecture
from engine.space.shapes import Row, rows

SEARCHED, RETRAINED = "validation, supernet", "test, retrained"
"""What a number was measured on, and with whose weights. No number stands in a figure without one of the two."""


@dataclass(frozen=True)
class Judged:
    """One architecture the search judged: accuracy 0…1 and spikes per sample on the validation split, supernet."""

    number: int
    generation: int
    architecture: str
    accuracy: float
    spikes: float
    firing_rate: float
    fitness: float
    parameters: int
    origin: str


@dataclass(frozen=True)
class Record:
    """A study so far, `judged` in order of number. What no event has told yet is None."""

    config: StudyConfig
    judged: tuple[Judged, ...]
    average_spikes: float | None = None
    started: StudyStarted | None = None
    finished: StudyFinished | None = None

    @property
    def digest(self) -> str:
        return self.config.digest()

    @property
    def sample(self) -> str:
        """What one input is: the unit of spikes."""
        return "recording" if self.config.data.info.kind == "events" else "image"

    @property
    def front(self) -> tuple[Judged, ...]:
        """The Pareto front of all judged, by rising spikes."""
        return tuple(self.judged[i] for i in front([(one.accuracy, one.spikes) for one in self.judged]))

    @property
    def fittest(self) -> Judged | None:
        """The first of the highest fitness, as the search itself ranks."""
        return max(self.judged, key=lambda one: (one.fitness, -one.number), default=None)

    @property
    def knee(self) -> Judged | None:
        """Where the front bends most; None where it has fewer than three members."""
        members = self.front
        bend = knee([(one.accuracy, one.spikes) for one in members])
        return None if bend is None else members[bend]

    def layers(self, code: str) -> list[Row]:
        """The rows of an architecture of this study's space. Raises ArchitectureError."""
        architecture = self.config.space.require(Architecture.from_code(code))
        return rows(self.config.network.macro, architecture, self.config.input, self.config.neuron_parameters)

    def winner_spikes(self) -> list[float] | None:
        """The retrained winner's spikes by row; they sum to its N."""
        if self.finished is None:
            return None
        found = decode_map(self.finished.spike_map, self.config.network.time_steps)
        return [float(n) for n in found.sum(axis=1, dtype="float64")]


def of_events(config: StudyConfig, events: Iterable[Mapping[str, Any]]) -> Record:
    """The record of a headless study's events, in their wire form."""
    told = list(events)
    return assemble(
        config, told, [_judged(c) for e in told if e["kind"] == "generation_finished" for c in e["candidates"]]
    )


def assemble(config: StudyConfig, events: Iterable[Mapping[str, Any]], judged: Sequence[Judged]) -> Record:
    """The record of candidates and of the other events; a kind that says nothing about figures is passed over."""
    found: dict[str, Any] = {}
    for event in events:
        match event["kind"]:
            case "study_started":
                found["started"] = StudyStarted.model_validate(event)
            case "supernet_finished":
                found["average_spikes"] = event["average_spikes"]
            case "study_finished":
                found["finished"] = StudyFinished.model_validate(event)
    in_order = sorted(judged, key=lambda one: one.number)
    return Record(config=config, judged=tuple(in_order), **found)


def _judged(candidate: Mapping[str, Any]) -> Judged:
    fields = {name: candidate[name] for name in Judged.__dataclass_fields__ if name != "number"}
    return Judged(number=candidate["id"], **fields)


def read(folder: Path) -> Record:
    """The record of a folder that `python -m engine run` works in. Raises MeasureError where it is none."""
    study, events, head = (folder / name for name in ("study.json", "events.jsonl", "head.json"))
    for path in (study, events, head):
        if not path.is_file():
            raise MeasureError(f"{folder} holds no study: {path.name} is missing; give the --workdir of a run")
    committed = events.read_bytes()[: json.loads(head.read_text())["bytes"]]
    return of_events(parse_config(study.read_bytes()), (json.loads(line) for line in committed.splitlines()))
