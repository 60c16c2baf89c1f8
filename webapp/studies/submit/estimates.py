"""Estimates of a config: size of the space, costs of its networks, shapes, NIR verdict, time on this server."""

from __future__ import annotations

import json
from dataclasses import asdict
from functools import cache
from math import log10
from typing import Any

from django.contrib.auth.models import User
from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_POST

from engine.config.presets import PRESETS
from engine.config.study import StudyConfig
from engine.cost.combination_sums import Extent
from engine.cost.estimate import estimate
from engine.cost.memory import available_memory, gpu_memory, memory_limit, peak_memory, require_memory
from engine.cost.space_statistics import space_statistics
from engine.errors import ConfigError
from engine.exchange.nir_verdict import Verdict, verdict
from engine.space.shapes import LayerSpec
from webapp.accounts.request import user_of
from webapp.http.body import body_of
from webapp.studies.models import Worker
from webapp.studies.submit import firing_rates
from webapp.studies.submit.parsing import BadSubmission, problem, read_config


@require_POST
def estimate_config(request: HttpRequest) -> JsonResponse:
    """The numbers beside the form for the config in the body, or its problems, field by field."""
    user = user_of(request)
    try:
        body = body_of(request)
        config, rate = read_config(body, user), _firing_rate(body)
    except BadSubmission as bad:
        return JsonResponse({"problems": bad.problems}, status=422)
    except ConfigError as error:
        return JsonResponse({"problems": [problem(line) for line in error.problems]}, status=422)
    return JsonResponse(_estimate(config, user, rate))


def preset_seconds() -> dict[str, float | None]:
    """Expected seconds of each preset on this server; None where no worker has measured its speed."""
    speed = Worker.objects.speed()
    return {key: work / speed if speed else None for key, work in _preset_work().items()}


@cache
def _preset_work() -> dict[str, float]:
    """The estimated work of each preset in multiply-accumulates."""
    return {key: sum(estimate(preset.config).work.values()) for key, preset in PRESETS.items()}


def _firing_rate(body: bytes) -> float | None:
    """The request's firing rate; None for the default. Raises BadSubmission."""
    rate = json.loads(body).get("firing_rate")
    if rate is None:
        return None
    if isinstance(rate, bool) or not isinstance(rate, int | float) or not 0 < rate <= 1:
        raise BadSubmission([{"field": "firing_rate", "message": "must be more than 0, at most 1"}])
    return float(rate)


def _estimate(config: StudyConfig, user: User, chosen_rate: float | None) -> dict[str, Any]:
    found, statistics = estimate(config), space_statistics(config)
    rate = firing_rates.offered(user, config.data.dataset, chosen_rate)
    speed = Worker.objects.speed()
    seconds = {phase: work / speed for phase, work in found.work.items()} if speed else None
    least, median, most = statistics.synops(rate["value"])
    return {
        "space_size": found.space_size,
        "space": {"size": str(found.space_size), "log10": log10(found.space_size)},
        "budget": found.budget,
        "memory": _memory(config),
        "problems": _too_large(config),
        "share": min(1.0, found.budget / found.space_size),
        "parameters": _extent(statistics.parameters),
        "macs": _extent(statistics.macs),
        "synops": {"min": least, "median": median, "max": most, "firing_rate": rate},
        "rows": [_row(row) for row in found.rows],
        "seconds": seconds and seconds | {"total": sum(seconds.values())},
        "measured": speed is not None,
        "nir": _nir(verdict(config)),
        "digest": config.digest(),
    }


def _memory(config: StudyConfig) -> dict[str, int | None]:
    """Peak bytes, this machine's free bytes, and for a study on a GPU its peak bytes there."""
    on_gpu = gpu_memory(config) if config.runtime.device == "cuda" else None
    return {"bytes": peak_memory(config), "available": available_memory(), "gpu": on_gpu}


def _too_large(config: StudyConfig) -> list[dict[str, str]]:
    """The problems of a valid config that does not fit into this machine's memory."""
    try:
        require_memory(config, memory_limit())
    except ConfigError as error:
        return [problem(line) for line in error.problems]
    return []


def _extent(found: Extent) -> dict[str, int | None]:
    return {"min": found.least, "median": found.median, "max": found.most}


def _nir(found: Verdict) -> dict[str, Any]:
    return {"expressible": found.expressible} | asdict(found)


def _row(row: LayerSpec) -> dict[str, Any]:
    channels, height, width = row.shape
    rest = {key: value for key, value in asdict(row).items() if key not in ("shape", "inner_macs", "output_elements")}
    return rest | {"channels": channels, "height": height, "width": width, "sites": row.output_elements}
