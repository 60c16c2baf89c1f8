"""Compares studies: fronts, best, knee, winner, and hypervolumes with one reference point."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from engine.figures.record import RETRAINED, SEARCHED, Evaluated, Record
from engine.metrics.pareto import hypervolume
from webapp.studies.models import Study

Pair = tuple[Study, Record]


def side_by_side(pairs: Sequence[Pair]) -> list[dict[str, Any]]:
    """Each study with its search results, in the requested order."""
    spikes = reference(pairs)
    return [_entry(study, record, spikes) for study, record in pairs]


def reference(pairs: Sequence[Pair]) -> float:
    """The spikes of the reference point: the most spikes of any evaluated architecture in these studies."""
    return max((one.spikes for _, record in pairs for one in record.evaluated), default=0.0)


def _entry(study: Study, record: Record, spikes: float) -> dict[str, Any]:
    config, started = record.config, record.started
    members = record.front
    return {
        "id": str(study.id),
        "url": study.get_absolute_url(),
        "name": study.name,
        "state": study.state,
        "owner": study.owner.get_username(),
        "seed": config.seed,
        "search_seed": config.search_seed,
        "digest": record.digest,
        "data": config.data.info.title,
        "sample": record.sample,
        "time_steps": config.network.time_steps,
        "fitness_lambda": config.search.fitness_lambda,
        "average_spikes": record.average_spikes,
        "layers": config.model_dump(mode="json")["network"]["macro"]["layers"],
        "validation_samples": started and started.validation_samples,
        "judged": len(record.evaluated),
        "front": [_candidate(one) for one in members],
        "best": _one(record.fittest),
        "knee": _one(record.knee),
        "winner": _winner(record),
        "hypervolume": hypervolume([(one.accuracy, one.spikes) for one in members], spikes) if members else None,
    }


def _candidate(one: Evaluated) -> dict[str, Any]:
    return {
        "number": one.number,
        "generation": one.generation,
        "architecture": one.architecture,
        "accuracy": one.accuracy,
        "spikes": one.spikes,
        "fitness": one.fitness,
        "parameters": one.parameters,
        "tag": SEARCHED,
    }


def _one(found: Evaluated | None) -> dict[str, Any] | None:
    return None if found is None else _candidate(found)


def _winner(record: Record) -> dict[str, Any] | None:
    found = record.finished
    if found is None:
        return None
    return {
        "architecture": found.architecture,
        "accuracy": found.test_accuracy,
        "spikes": found.test_spikes,
        "parameters": found.parameters,
        "tag": RETRAINED,
    }
