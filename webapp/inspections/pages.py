"""The page of one architecture of a study."""

from __future__ import annotations

import base64
from dataclasses import asdict
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from engine.analysis.rounding import rounding_note
from engine.config.parse import parse_stored
from engine.config.study import StudyConfig
from engine.errors import ArchitectureError
from engine.inspection.request import SATURATED
from engine.space.architecture import Architecture
from engine.space.shapes import layer_specs
from webapp.accounts.request import user_of
from webapp.inspections.admission import trained
from webapp.studies.models import Candidate, Event, Study
from webapp.studies.selectors.block_facts import output_elements

LISTED_OTHERS = 40


@require_safe
def architecture(request: HttpRequest, study_id: UUID, code: str) -> HttpResponse:
    """The page of any architecture of the study's space, evaluated or not. 404 outside the space."""
    study = get_object_or_404(Study.objects.for_user(user_of(request)), id=study_id)
    config = parse_stored(study.config)
    try:
        found = config.space.require(Architecture.from_code(code))
    except ArchitectureError as error:
        raise Http404(str(error)) from error
    page = {**_fixed(study, config, found), **_measured(study, found.code)}
    return render(request, "studies/architecture.html", {"study": study, "code": found.code, "page": page})


def _fixed(study: Study, config: StudyConfig, found: Architecture) -> dict[str, Any]:
    """The data that follows from the config alone, and the weights that can be inspected."""
    layers = layer_specs(config.network.macro, found, config.input, config.neuron_parameters)
    return {
        "study": {"id": str(study.id), "name": study.name, "state": study.state, "searches": config.analysis is None},
        "architecture": found.code,
        "macro": config.model_dump(mode="json")["network"]["macro"]["layers"],
        "time_steps": config.network.time_steps,
        "neuron": config.network.neuron.kind,
        "votes_per_class": config.network.macro.votes_per_class,
        "encoding": "counts" if config.data.info.kind == "events" else config.data.encoding,
        "input": asdict(config.input),
        "rows": [
            {key: getattr(row, key) for key in ("name", "block", "shape", "parameters", "macs")}
            | {"sites": row.output_elements}
            for row in layers
        ],
        "output_elements": output_elements(config),
        "spike_note": rounding_note(config.network),
        "saturated_at": SATURATED,
        "trained": asdict(trained(study, config)),
    }


def _measured(study: Study, code: str) -> dict[str, Any]:
    """The results of search and retraining, and other architectures to compare with."""
    evaluated = Candidate.objects.filter(study=study)
    first = evaluated.filter(architecture=code).order_by("number").first()
    finished = Event.objects.filter(study=study, kind="study_finished").first()
    others = (
        evaluated.exclude(architecture=code).order_by("-fitness").values("number", "architecture", "accuracy", "spikes")
    )
    distinct = {other["architecture"]: other for other in reversed(others[: 4 * LISTED_OTHERS])}
    best = sorted(distinct.values(), key=lambda other: other["spikes"])[:LISTED_OTHERS]
    return {
        "evaluated": first and _numbers(first),
        "retrained": finished.payload if finished and finished.payload["architecture"] == code else None,
        "others": best,
    }


def _numbers(found: Candidate) -> dict[str, Any]:
    names = ("number", "generation", "accuracy", "spikes", "firing_rate", "fitness", "parameters")
    numbers = {name: getattr(found, name) for name in names}
    return {**numbers, "spike_map": base64.b64encode(bytes(found.spike_map)).decode()}
