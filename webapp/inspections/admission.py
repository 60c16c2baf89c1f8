"""Checks whether an inspection can be answered: search space, splits, and weights trained so far."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from engine.config.parse import parse_stored
from engine.config.study import StudyConfig
from engine.errors import ConfigError
from engine.inspection.request import Request, Split, parse, require
from webapp.studies.models import Event, Study


class Refused(Exception):
    """A problem of an inspection request, by field."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(f"{field}: {message}")
        self.field, self.message = field, message


@dataclass(frozen=True)
class Trained:
    """The weights of a study that can be inspected. `supernet` and `retrained` are "" or the reason why not."""

    supernet: str
    retrained: str
    winner: str | None
    samples: dict[Split, int]


def trained(study: Study, config: StudyConfig) -> Trained:
    """The weights available by the study's events."""
    kinds = ("study_started", "supernet_finished", "study_finished")
    found = {event.kind: event.payload for event in Event.objects.filter(study=study, kind__in=kinds)}
    started, finished = found.get("study_started", {}), found.get("study_finished")
    supernet = "" if "supernet_finished" in found else f"the supernet is not trained yet; the study is {study.state}"
    if config.analysis is not None:
        supernet = "this study trains its architectures from scratch and has no supernet"
    return Trained(
        supernet=supernet,
        retrained="" if finished else f"no network was retrained yet; the study is {study.state}",
        winner=finished and finished["architecture"],
        samples={"validation": started.get("validation_samples", 0), "test": started.get("test_samples", 0)},
    )


def admit(study: Study, asked: Mapping[str, object]) -> Request:
    """The parsed request, if it can be answered. Raises Refused."""
    config = parse_stored(study.config)
    there = trained(study, config)
    try:
        request = parse(asked)
        if reason := there.supernet if request.weights == "supernet" else there.retrained:
            raise Refused("weights", reason)
        require(request, config, there.samples[request.split])
    except ConfigError as error:
        field, _, message = error.problems[0].partition(": ")
        raise Refused(field, message) from error
    if request.weights == "retrained" and request.architecture != there.winner:
        raise Refused("weights", f"only the winner was retrained and kept, {there.winner}; choose supernet")
    return request
