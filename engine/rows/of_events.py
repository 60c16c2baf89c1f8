"""The rows of a study, from its config and its durable events in wire form."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from engine.config.study import StudyConfig
from engine.rows.columns import COLUMNS, Column, What

Cell = str | int | float | bool | None
Row = Mapping[str, Cell]
Event = Mapping[str, Any]


@dataclass(frozen=True)
class Rows:
    """`rows` have a cell by the name of each column."""

    what: What
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]


def rows_of(what: What, config: StudyConfig, events: Iterable[Event]) -> Rows:
    """One set of rows. A study that is at work has those it has stored so far."""
    listed = list(events)
    found = {"candidates": _candidates, "front": _front, "curves": _curves, "trainings": _trainings}[what]
    study: dict[str, Any] = {"seed": config.seed, "config_sha256": config.digest()}
    names = [column.name for column in COLUMNS[what]]
    rows = (study | row for row in found(listed))
    return Rows(what, COLUMNS[what], tuple({name: row.get(name) for name in names} for row in rows))


def _candidates(events: list[Event]) -> Iterator[dict[str, Any]]:
    on_front = set(_front_ids(events))
    for event in events:
        if event["kind"] == "generation_finished":
            yield from (_candidate(one, on_front) for one in event["candidates"])


def _candidate(one: Mapping[str, Any], on_front: set[int]) -> dict[str, Any]:
    return {
        **one,
        "candidate": one["id"],
        "generation": one["generation"] + 1,
        "parents": _spaced(one["parents"]),
        "changed": _spaced(place + 1 for place in one["changed"]),
        "on_front": one["id"] in on_front,
    }


def _spaced(numbers: Iterable[int]) -> str:
    return " ".join(map(str, numbers))


def _front_ids(events: list[Event]) -> list[int]:
    """Of the newest generation's front, by spikes."""
    generations = [event for event in events if event["kind"] == "generation_finished"]
    return list(generations[-1]["front"]) if generations else []


def _front(events: list[Event]) -> Iterator[dict[str, Any]]:
    by_number = {row["candidate"]: row for row in _candidates(events)}
    yield from (by_number[number] for number in _front_ids(events))


def _curves(events: list[Event]) -> Iterator[dict[str, Any]]:
    retrained = None
    for event in events:
        if event["kind"] == "phase_started":
            retrained = event["architecture"]
        elif event["kind"] == "epoch_finished":
            yield {**event, "architecture": retrained}
        elif event["kind"] == "training_finished":
            yield from _curve(event)


def _curve(event: Event) -> Iterator[dict[str, Any]]:
    fixed = {"phase": "training", "training": event["number"]}
    fixed |= {key: event[key] for key in ("architecture", "seed")}
    for number, (loss, accuracy) in enumerate(zip(event["loss"], event["accuracy"], strict=True), 1):
        yield {**fixed, "epoch": number, "loss": loss, "accuracy": accuracy}


def _trainings(events: list[Event]) -> Iterator[dict[str, Any]]:
    for event in events:
        if event["kind"] == "study_finished":
            yield {**event, "arm": "winner"}
        elif event["kind"] == "training_finished":
            yield {**event, "training": event["number"]}
