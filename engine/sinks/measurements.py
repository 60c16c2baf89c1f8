"""The numbers of a study's events as every sink takes them: named values at a step of their own axis."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

Event = Mapping[str, Any]


@dataclass(frozen=True)
class Measurement:
    """`values` by name, such as `supernet/loss`, at a step of `axis`, such as `supernet/epoch`."""

    axis: str
    step: int
    values: Mapping[str, float]


@dataclass
class Measurements:
    """Turns events into measurements, one after the other; of a search it keeps what was evaluated."""

    candidates: dict[int, Event] = field(default_factory=dict)

    def of(self, event: Event) -> Iterator[Measurement]:
        """Of one durable event in wire form; none where it holds no number."""
        match event["kind"]:
            case "epoch_finished":
                yield _epoch(event)
            case "supernet_finished":
                yield Measurement("supernet/end", 0, {"supernet/average_spikes": event["average_spikes"]})
            case "generation_finished":
                yield self._generation(event)
            case "study_finished":
                yield Measurement("result/end", 0, _named("result", event, TESTED))
            case "training_finished":
                yield Measurement("trainings/number", event["number"], _named("trainings", event, TESTED))

    def _generation(self, event: Event) -> Measurement:
        self.candidates |= {one["id"]: one for one in event["candidates"]}
        best = self.candidates[event["best"]]
        values = {f"search/best_{name}": best[name] for name in ("fitness", "accuracy", "spikes")}
        sizes = {"search/front": len(event["front"]), "search/evaluated": len(self.candidates)}
        hypervolume = {"search/hypervolume": event["hypervolume"]}
        return Measurement("search/generation", event["generation"] + 1, values | sizes | hypervolume)


TESTED = ("test_accuracy", "test_spikes", "firing_rate", "parameters")
EPOCH = ("loss", "accuracy", "spikes", "test_accuracy", "test_spikes")


def _epoch(event: Event) -> Measurement:
    phase = event["phase"]
    return Measurement(f"{phase}/epoch", event["epoch"], _named(phase, event, EPOCH))


def _named(group: str, event: Event, names: tuple[str, ...]) -> dict[str, float]:
    return {f"{group}/{name}": event[name] for name in names if event[name] is not None}


def flat(document: Mapping[str, Any], path: str = "") -> Iterator[tuple[str, str | int | float | bool]]:
    """A config as dotted fields with plain values; a list is one text."""
    for key, value in document.items():
        if isinstance(value, dict):
            yield from flat(value, f"{path}{key}.")
        elif value is not None:
            yield f"{path}{key}", value if isinstance(value, (str, int, float, bool)) else str(value)
