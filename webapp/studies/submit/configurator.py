"""The configurator page: a new study from a preset, from an earlier study, or for a data set."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from engine.config.parse import parse_stored
from engine.config.presets import PRESETS
from engine.config.study import StudyConfig
from engine.config.versions import VERSION
from engine.errors import ConfigError
from engine.zoo.registry import ZOO
from webapp.accounts.request import user_of
from webapp.datasets.models import Dataset
from webapp.datasets.models import State as DatasetState
from webapp.datasets.summaries import data_of
from webapp.studies.models import Study
from webapp.studies.submit.estimates import preset_seconds

DEFAULT_PRESET = "quick-look"


@require_safe
def new_study(request: HttpRequest) -> HttpResponse:
    """The configurator. The URL names the config the form starts with and is compared with."""
    origin = _origin(request)
    context = {
        "presets": _presets(),
        "schema": StudyConfig.model_json_schema(),
        "origin": origin,
        "zoo": [{"name": plan.name, "title": plan.title, "channels": plan.channels} for plan in ZOO.values()],
        "initial": origin["config"] | _for_data_set(request),
    }
    return render(request, "studies/new.html", context)


def _presets() -> list[dict[str, Any]]:
    seconds = preset_seconds()
    return [
        {
            "key": preset.key,
            "title": preset.title,
            "summary": preset.summary,
            "paper": preset.paper,
            "scaled": preset.scaled,
            "seconds": seconds[preset.key],
            "config": preset.config.model_dump(mode="json"),
        }
        for preset in PRESETS.values()
    ]


def _origin(request: HttpRequest) -> dict[str, Any]:
    """`?from=STUDY` or `?preset=KEY`: title and config; for a study also its URL."""
    if earlier := request.GET.get("from"):
        parent = get_object_or_404(Study.objects.for_user(user_of(request)), id=_uuid(earlier))
        return {"title": parent.name, "url": parent.get_absolute_url(), "config": _as_today(parent.config)}
    preset = PRESETS.get(request.GET.get("preset", DEFAULT_PRESET), PRESETS[DEFAULT_PRESET])
    return {"title": preset.title, "url": None, "config": preset.config.model_dump(mode="json")}


def _as_today(stored: dict[str, Any]) -> dict[str, Any]:
    """A stored config with the fields that came later, as they were done then; as it is where it cannot be read.

    Its own parts are those that are registered now: a new study takes them as they are.
    """
    try:
        config = parse_stored({key: value for key, value in stored.items() if key != "parts"})
        return config.model_copy(update={"version": VERSION}).model_dump(mode="json", exclude={"parts"})
    except ConfigError:
        return stored


def _for_data_set(request: HttpRequest) -> dict[str, Any]:
    """`?dataset=ID`: the study's name and data config."""
    if not (wanted := request.GET.get("dataset")):
        return {}
    visible = Dataset.objects.for_user(user_of(request)).filter(state=DatasetState.READY)
    found = get_object_or_404(visible, id=_uuid(wanted))
    return {"name": found.title, "data": data_of(found)}


def _uuid(text: str) -> UUID:
    """No study and no data set has the id 0."""
    try:
        return UUID(text)
    except ValueError:
        return UUID(int=0)
