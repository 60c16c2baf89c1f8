"""Counts of how often supernet training sampled each block, recomputed from the study's seed."""

from __future__ import annotations

from dataclasses import asdict
from functools import lru_cache
from uuid import UUID

from django.http import HttpRequest, JsonResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from engine.config.parse import parse_stored
from engine.search.path_sampling import BlockCounts, block_counts
from webapp.accounts.request import user_of
from webapp.studies.models import Event, Study


@require_safe
def sampling(request: HttpRequest, study_id: UUID) -> JsonResponse:
    """The counts over the stored epochs; empty where there is none yet."""
    study = get_object_or_404(Study.objects.for_user(user_of(request)), id=study_id)
    stored = Event.objects.filter(study=study)
    started = stored.filter(kind="study_started").first()
    epochs = stored.filter(kind="epoch_finished", payload__phase="supernet").count()
    if started is None or not epochs:
        return JsonResponse({"steps": 0, "counted": 0, "layers": []})
    return JsonResponse(asdict(_counted(study.id, study.config_digest, started.payload["train_samples"], epochs)))


@lru_cache(maxsize=256)
def _counted(study_id: UUID, digest: str, train_samples: int, epochs: int) -> BlockCounts:
    """Cached per study, config digest and number of epochs."""
    return block_counts(
        parse_stored(Study.objects.values_list("config", flat=True).get(id=study_id)), train_samples, epochs
    )
