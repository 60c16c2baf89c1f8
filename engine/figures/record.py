"""Record of a study for its figures: the config, the evaluated architectures, and the winner."""

from __future__ import annotations

from base64 import b64decode
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from engine.config.parse import MAX_JSON_BYTES, parse_stored
from engine.config.study import StudyConfig
from engine.describe.data import sample
from engine.errors import ConfigError, FileError, MeasureError
from engine.events import StudyFinished, StudyStarted, from_wire, to_wire
from engine.metrics.pareto import front, knee
from engine.metrics.spike_map import decode_map
from engine.space.architecture import Architecture
from engine.space.shapes import LayerSpec, layer_specs
from engine.storage.committed import whole_events
from engine.storage.files import is_there, read_file

SEARCHED, RETRAINED = "validation, supernet", "test, retrained"
"""Split and weights of a measurement. Every number in a figure is marked with one of the two."""


@dataclass(frozen=True)
class Evaluated:
    """One architecture that the search evaluated: accuracy 0…1 and spikes per sample, validation split, supernet."""

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
class Arm:
    """What an arm was trained to, over `n` trainings: mean accuracy 0…1, and the least and the most spikes per sample.

    Test split, last epoch. `fired` names the layers that fired in any of them.
    """

    label: str
    n: int
    accuracy: float
    spikes: tuple[float, float]
    fired: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Record:
    """A study so far: `evaluated` is in order of number. A field is None until its event.

    `best_map` is the fittest's spike map, float32 [layers, T]; None also where it was not read.
    """

    config: StudyConfig
    evaluated: tuple[Evaluated, ...]
    average_spikes: float | None = None
    started: StudyStarted | None = None
    finished: StudyFinished | None = None
    arms: tuple[Arm, ...] = ()
    best_map: bytes | None = field(default=None, compare=False)

    @property
    def digest(self) -> str:
        return self.config.digest()

    @property
    def sample(self) -> str:
        """The name of one input, in whose unit spikes are given: `recording` or `image`."""
        return sample(self.config.data)

    @property
    def front(self) -> tuple[Evaluated, ...]:
        """The Pareto front of all evaluated architectures, by rising spikes."""
        return tuple(self.evaluated[i] for i in front([(one.accuracy, one.spikes) for one in self.evaluated]))

    @property
    def ranked(self) -> list[Evaluated]:
        """All by falling fitness; of equal ones the newest or the oldest first, as in the search."""
        order = -1 if self.config.search.ties == "newest" else 1
        return sorted(self.evaluated, key=lambda one: (-one.fitness, order * one.number))

    @property
    def fittest(self) -> Evaluated | None:
        """The architecture of highest fitness, ranked as in the search."""
        return next(iter(self.ranked), None)

    @property
    def knee(self) -> Evaluated | None:
        """The knee of the front; None where the front has fewer than three members."""
        members = self.front
        bend = knee([(one.accuracy, one.spikes) for one in members])
        return None if bend is None else members[bend]

    def layers(self, code: str) -> list[LayerSpec]:
        """The layers of an architecture of this study's space. Raises ArchitectureError for any other."""
        architecture = self.config.space.require(Architecture.from_code(code))
        return layer_specs(self.config.network.macro, architecture, self.config.input, self.config.neuron_parameters)

    def winner_spikes(self) -> list[float] | None:
        """The retrained winner's spikes by layer, [layers], per sample; they sum to its N."""
        if self.finished is None:
            return None
        found = decode_map(self.finished.spike_map, self.config.network.time_steps)  # [layers, T]
        return [float(n) for n in found.sum(axis=1, dtype="float64")]


def of_events(config: StudyConfig, events: Iterable[Mapping[str, Any]]) -> Record:
    """The record of a study from all its events, in their wire format."""
    listed = list(events)
    candidates = [c for e in listed if e["kind"] == "generation_finished" for c in e["candidates"]]
    found = assemble(config, listed, [_evaluated(c) for c in candidates])
    maps = {c["id"]: c["spike_map"] for c in candidates if found.fittest and c["id"] == found.fittest.number}
    return replace(found, best_map=next((b64decode(spike_map) for spike_map in maps.values()), None))


def _arm(arm: Mapping[str, Any], fired: Iterable[str]) -> Arm:
    accuracy, spikes = arm["accuracy"], arm["spikes"]
    least_and_most = spikes["minimum"], spikes["maximum"]
    return Arm(arm["arm"], accuracy["n"], accuracy["mean"], least_and_most, frozenset(fired))


def assemble(config: StudyConfig, events: Iterable[Mapping[str, Any]], evaluated: Sequence[Evaluated]) -> Record:
    """The record of candidates and of the other events; events that no figure shows are skipped."""
    found: dict[str, Any] = {}
    fired: dict[str, set[str]] = defaultdict(set)  # layers by arm
    for event in events:
        match event["kind"]:
            case "study_started":
                found["started"] = StudyStarted.model_validate(event)
            case "supernet_finished":
                found["average_spikes"] = event["average_spikes"]
            case "study_finished":
                found["finished"] = StudyFinished.model_validate(event)
            case "training_finished":
                fired[event["arm"]] |= {name for name, spikes in event["spikes_by_layer"].items() if spikes > 0}
            case "analysis_finished":
                found["arms"] = tuple(_arm(arm, fired[arm["arm"]]) for arm in event["arms"])
    in_order = sorted(evaluated, key=lambda one: one.number)
    return Record(config=config, evaluated=tuple(in_order), **found)


def _evaluated(candidate: Mapping[str, Any]) -> Evaluated:
    fields = {name: candidate[name] for name in Evaluated.__dataclass_fields__ if name != "number"}
    return Evaluated(number=candidate["id"], **fields)


def read(folder: Path) -> Record:
    """The record of the folder of a `python -m engine run`. Raises MeasureError where it is none."""
    for name in ("study.json", "events.jsonl", "head.json"):
        if not is_there(folder / name):
            raise MeasureError(f"{folder} holds no study: {name} is missing; give the --workdir of a run")
    try:
        config = parse_stored(read_file(folder / "study.json", MAX_JSON_BYTES))
        events = [to_wire(from_wire(event)) for event in whole_events(folder)]
    except ConfigError as error:
        raise MeasureError(f"{folder / 'study.json'}: {error}") from error
    except FileError as error:
        raise MeasureError(str(error)) from error
    except ValidationError as error:
        raise MeasureError(f"{folder / 'events.jsonl'} is damaged: {_first(error)}") from error
    return of_events(config, events)


def _first(error: ValidationError) -> str:
    """The first problem of an event."""
    found = error.errors(include_url=False)[0]
    return f"{'.'.join(map(str, found['loc'])) or 'an event'}: {found['msg']}"
