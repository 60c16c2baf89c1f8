"""A study's tables, from its durable events."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from autosnn.table import Axes, Table
from engine.events import (
    Candidate,
    DurableEvent,
    EpochFinished,
    GenerationFinished,
    StudyFinished,
    TrainingFinished,
)
from engine.metrics.pareto import front as front_of

Events = Sequence[DurableEvent]
CANDIDATE = ("id", "generation", "architecture", "accuracy", "spikes", "firing_rate", "fitness", "parameters", "origin")
LINEAGE = ("parents", "changed")
CURVE = ("phase", "epoch", "loss", "accuracy", "spikes", "test_accuracy", "test_spikes")
RESULT = (
    *("architecture", "test_accuracy", "test_spikes", "firing_rate", "parameters", "best_test_accuracy", "candidate"),
    *("checkpoint", "sha256"),
)
TRAINING = (
    *("arm", "architecture", "seed", "epochs", "test_accuracy", "test_spikes", "firing_rate", "parameters"),
    *("search_accuracy", "validation_accuracy", "validation_spikes", "effective_macs", "effective_acs"),
)
POINTS = Axes("spikes", "accuracy", "generation")


def evaluated(events: Events) -> list[Candidate]:
    """All candidates, in order of evaluation."""
    return [one for event in events if isinstance(event, GenerationFinished) for one in event.candidates]


def candidates(events: Events) -> Table:
    rows = [_row(one, (*CANDIDATE, *LINEAGE)) for one in evaluated(events)]
    return Table.of("candidates", (*CANDIDATE, *LINEAGE), rows, POINTS)


def front(events: Events) -> Table:
    found = evaluated(events)
    rows = [_row(found[i], CANDIDATE) for i in front_of([(one.accuracy, one.spikes) for one in found])]
    return Table.of("Pareto front", CANDIDATE, rows, Axes("spikes", "accuracy", lines=True))


def curves(events: Events) -> Table:
    rows = [_row(event, CURVE) for event in events if isinstance(event, EpochFinished)]
    return Table.of("curves", CURVE, rows, Axes("epoch", "accuracy", "phase", lines=True))


def trainings(events: Events) -> Table:
    rows = [_row(event, TRAINING) for event in events if isinstance(event, TrainingFinished)]
    return Table.of("trainings", TRAINING, rows, Axes("test_spikes", "test_accuracy", "arm"))


def result(events: Events) -> Table:
    rows = [_row(event, RESULT) for event in events if isinstance(event, StudyFinished)]
    return Table.of("result", RESULT, rows)


def _row(found: Any, names: Sequence[str]) -> dict[str, Any]:
    return {name: list(value) if isinstance(value := getattr(found, name), tuple) else value for name in names}
