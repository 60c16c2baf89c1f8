"""Studies that repeat one config over seeds, and the spread of their results."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from engine.metrics.distributions import distribution
from webapp.studies.models import Event, Study

QUANTITIES = ("test_accuracy", "test_spikes", "firing_rate", "parameters")
"""The averaged fields of the event study_finished."""


def summary(studies: Sequence[Study]) -> dict[str, Any]:
    """Every study with its result; over the finished ones mean, sample deviation and extremes of each quantity."""
    events = Event.objects.filter(study__in=studies, kind="study_finished").values_list("study_id", "payload")
    results = dict(events)
    finished = [results[study.id] for study in studies if study.id in results]
    return {
        "studies": [_line(study, results.get(study.id)) for study in studies],
        "finished": len(finished),
        "spread": {key: asdict(distribution([r[key] for r in finished])) for key in QUANTITIES} if finished else None,
    }


def _line(study: Study, result: dict[str, Any] | None) -> dict[str, Any]:
    found = {key: result[key] for key in ("architecture", *QUANTITIES)} if result else None
    return {
        "id": str(study.id),
        "url": study.get_absolute_url(),
        "name": study.name,
        "seed": study.seed,
        "state": study.state,
        "result": found,
    }
