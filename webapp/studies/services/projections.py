"""Projects a step's events onto the study's row and its candidates."""

from __future__ import annotations

import base64
from typing import Any
from uuid import UUID

from webapp.studies.models import Candidate, Study

RETRAINED = "test, retrained"


def without_spike_maps(event: dict[str, Any]) -> dict[str, Any]:
    """The event without its candidates' spike maps, which have a URL of their own."""
    if event["kind"] != "generation_finished":
        return event
    candidates = [{k: v for k, v in c.items() if k != "spike_map"} for c in event["candidates"]]
    return event | {"candidates": candidates}


def candidates(study_id: UUID, events: list[dict[str, Any]]) -> list[Candidate]:
    shared = ("generation", "architecture", "accuracy", "spikes", "firing_rate", "fitness", "parameters", "origin")
    return [
        Candidate(
            study_id=study_id,
            number=c["id"],
            parents=c["parents"],
            changed=c["changed"],
            spike_map=base64.b64decode(c["spike_map"]),
            **{name: c[name] for name in shared},
        )
        for event in events
        if event["kind"] == "generation_finished"
        for c in event["candidates"]
    ]


def study_fields(events: list[dict[str, Any]]) -> dict[str, Any]:
    """The fields of the study's row that follow from new events."""
    fields: dict[str, Any] = {}
    for event in events:
        if event["kind"] == "generation_finished":
            fields |= {"generation": event["generation"] + 1, "generations": event["generations"]}
            fields |= _best_of(event)
        if event["kind"] == "study_finished":
            fields |= {
                "best_architecture": event["architecture"],
                "best_accuracy": event["test_accuracy"],
                "best_spikes": event["test_spikes"],
                "best_tag": RETRAINED,
            }
    return fields


def name_best_arm(study_id: UUID, events: list[dict[str, Any]]) -> None:
    """An analysis has no winner; lists show the arm with the best mean accuracy."""
    for event in events:
        if event["kind"] == "analysis_finished":
            best = max(event["arms"], key=lambda arm: arm["accuracy"]["mean"])
            Study.objects.filter(id=study_id, best_architecture="").update(
                best_architecture=best["arm"],
                best_accuracy=best["accuracy"]["mean"],
                best_spikes=best["spikes"]["mean"],
                best_tag=f"test, mean of {best['accuracy']['n']}",
            )


def _best_of(event: dict[str, Any]) -> dict[str, Any]:
    """The generation's best, where it is a new candidate; otherwise the stored best stays."""
    for candidate in event["candidates"]:
        if candidate["id"] == event["best"]:
            return {
                "best_architecture": candidate["architecture"],
                "best_accuracy": candidate["accuracy"],
                "best_spikes": candidate["spikes"],
                "best_tag": "validation, supernet",
            }
    return {}
