"""Energy of a candidate or winner: operations and energy by layer, estimated from its spike map."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, JsonResponse, QueryDict
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from engine.analysis.rounding import noted
from engine.config.parse import parse_stored
from engine.config.study import StudyConfig
from engine.errors import ConfigError
from engine.metrics.energy import (
    ENERGY_MODELS,
    EnergyModel,
    Ledger,
    LedgerRow,
    energy_model,
    estimate_operations,
    ledger,
)
from engine.metrics.energy_comparison import beside_ann, run_of
from engine.metrics.spike_map import SpikeMap, decode_map, map_of_bytes
from engine.space.architecture import Architecture
from engine.space.shapes import layer_specs
from webapp.accounts.request import user_of
from webapp.studies.models import Candidate, Event, Study
from webapp.studies.submit.parsing import problem

DEFAULT_COSTS = "float32-45nm"


@require_safe
def energy(request: HttpRequest, study_id: Any) -> JsonResponse:
    """`?candidate=N` for a candidate (validation, supernet); without it the winner (test, retrained).

    Costs by name, `?costs=int8-45nm`, or your own: `?mac_pj=…&ac_pj=…&source=…`.
    """
    study = get_object_or_404(Study.objects.for_user(user_of(request)), id=study_id)
    try:
        model = _costs(request.GET)
    except ConfigError as error:
        return JsonResponse({"problems": [problem(line) for line in error.problems]}, status=422)
    config = parse_stored(study.config)
    architecture, spike_map, tag = _subject(study, config, request.GET.get("candidate"))
    memory = beside_ann(config, Architecture.from_code(architecture), spike_map)
    found = _wire(_estimate(config, architecture, spike_map, model), architecture, tag)
    return JsonResponse({**found, "memory": memory, **noted(config.network)})


def _costs(query: QueryDict) -> EnergyModel:
    """The energy model of the query. Raises ConfigError naming the field."""
    own: dict[str, float | None] = {}
    for key in ("mac_pj", "ac_pj"):
        text = query.get(key)
        try:
            own[key] = None if text is None else float(text)
        except ValueError as error:
            raise ConfigError([f"costs.{key}: must be a number, got {str(text)[:40]!r}"]) from error
    return energy_model(query.get("costs", DEFAULT_COSTS), own["mac_pj"], own["ac_pj"], query.get("source"))


def _subject(study: Study, config: StudyConfig, number: str | None) -> tuple[str, SpikeMap, str]:
    """Genome, spike map, and the split and weights of the measurement. Raises Http404."""
    steps = config.network.time_steps
    if number is not None:
        if not (number.isascii() and number.isdigit() and len(number) < 9):
            raise Http404("no such candidate")
        candidate = get_object_or_404(Candidate, study=study, number=int(number))
        return candidate.architecture, map_of_bytes(bytes(candidate.spike_map), steps), "validation, supernet"
    finished = get_object_or_404(Event, study=study, kind="study_finished").payload
    return finished["architecture"], decode_map(finished["spike_map"], steps), "test, retrained"


def _estimate(config: StudyConfig, code: str, spike_map: SpikeMap, model: EnergyModel) -> Ledger:
    layers = layer_specs(config.network.macro, Architecture.from_code(code), config.input, config.neuron_parameters)
    spiking, static = config.network.neuron.info.spiking, run_of(config).static
    operations = estimate_operations(layers, spike_map, static_input=static, spiking=spiking)
    return ledger(layers, spike_map, operations, model, "estimated")


def _wire(found: Ledger, architecture: str, tag: str) -> dict[str, Any]:
    return {
        "architecture": architecture,
        "tag": tag,
        "basis": found.basis,
        "rows": [_row(row) for row in found.rows],
        "spikes": found.spikes,
        "firing_rate": found.firing_rate,
        "macs": found.effective_macs,
        "acs": found.effective_acs,
        "energy_nj": found.energy_nj,
        "dense_ann_nj": found.dense_ann_nj,
        "costs": found.energy_model.model_dump(),
        "models": {name: model.model_dump() for name, model in ENERGY_MODELS.items()},
    }


def _row(row: LedgerRow) -> dict[str, Any]:
    rates = row.firing_rates
    return {
        "name": row.name,
        "block": row.block,
        "spikes": sum(row.spikes),
        "firing_rate": None if rates is None else sum(rates) / len(rates),
        "macs": sum(row.operations.effective_macs),
        "acs": sum(row.operations.effective_acs),
        "energy_nj": row.energy_nj,
    }
