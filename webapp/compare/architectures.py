"""Compares architectures: numbers with split and weights, layers, and spike maps by layer and time step."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from functools import reduce
from operator import or_
from typing import Any
from uuid import UUID

from django.db.models import Q

from engine.analysis.rounding import rounding_note
from engine.figures.record import RETRAINED, SEARCHED, Record
from engine.metrics.spike_map import SpikeMap, decode_map, map_of_bytes
from webapp.compare.request import WINNER
from webapp.studies.models import Candidate, Study

Wanted = tuple[UUID, str]


def side_by_side(
    wanted: tuple[Wanted, ...], studies: Mapping[UUID, Study], records: Mapping[UUID, Record]
) -> list[dict[str, Any]]:
    """Each architecture in the requested order; one without measurement has a `problem`. One query."""
    maps = _maps(tuple(pair for pair in wanted if pair[1] != WINNER))
    return [_entry(studies[study_id], records[study_id], code, maps) for study_id, code in wanted]


def _maps(wanted: tuple[Wanted, ...]) -> dict[Wanted, bytes]:
    """The stored spike maps; for an architecture that was evaluated twice, the first."""
    if not wanted:
        return {}
    chosen = reduce(or_, (Q(study=study_id, architecture=code) for study_id, code in wanted))
    rows = Candidate.objects.filter(chosen).order_by("-number").values_list("study_id", "architecture", "spike_map")
    return {(study_id, code): bytes(data) for study_id, code, data in rows}


def _entry(study: Study, record: Record, code: str, maps: Mapping[Wanted, bytes]) -> dict[str, Any]:
    config = record.config
    head = {
        "study": str(study.id),
        "name": study.name,
        "seed": config.seed,
        "key": f"{study.id}:{code}",
        "layers": config.model_dump(mode="json")["network"]["macro"]["layers"],
        "sample": record.sample,
        "spike_note": rounding_note(config.network),
    }
    if code == WINNER:
        return head | _winner(study, record)
    one = next((one for one in record.evaluated if one.architecture == code), None)
    if one is None:
        return head | {"architecture": code, "problem": f"The search of {study.name} did not evaluate {code}."}
    numbers = {"accuracy": one.accuracy, "spikes": one.spikes, "parameters": one.parameters, "rate": one.firing_rate}
    spike_map = map_of_bytes(maps[study.id, code], config.network.time_steps)
    return head | {"architecture": code, "tag": SEARCHED, **numbers, **_rows(record, code, spike_map), "problem": None}


def _winner(study: Study, record: Record) -> dict[str, Any]:
    found = record.finished
    if found is None:
        return {"architecture": WINNER, "problem": f"{study.name} has no retrained winner yet."}
    numbers = {
        "accuracy": found.test_accuracy,
        "spikes": found.test_spikes,
        "parameters": found.parameters,
        "rate": found.firing_rate,
    }
    spike_map = decode_map(found.spike_map, record.config.network.time_steps)
    rows = _rows(record, found.architecture, spike_map)
    return {"architecture": found.architecture, "tag": RETRAINED, **numbers, **rows, "problem": None}


def _rows(record: Record, code: str, spike_map: SpikeMap) -> dict[str, Any]:
    """Every layer with its spikes, which sum to the network's N; the map as base64 float32 [rows, T], little-endian."""
    sums = spike_map.sum(axis=1, dtype="float64")
    return {
        "steps": spike_map.shape[1],
        "map": base64.b64encode(spike_map.tobytes()).decode(),
        "rows": [
            {"name": row.name, "block": row.block, "neurons": row.output_elements, "spikes": float(spikes)}
            for row, spikes in zip(record.layers(code), sums, strict=True)
        ],
    }
