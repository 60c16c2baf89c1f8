"""The pages: list, new study, study, documents, and the download."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from engine.catalog import CATALOG
from engine.config import StudyConfig
from engine.presets import PRESETS
from webapp.accounts.request import user_of
from webapp.datasets.models import Dataset
from webapp.datasets.models import State as DatasetState
from webapp.datasets.summaries import data_of
from webapp.demo.replays import of_recording
from webapp.studies.listing import listed
from webapp.studies.models import Study
from webapp.studies.summaries import summary

DEFAULT_PRESET = "quick-look"
CHAPTERS = {
    "data": "Data sets",
    "paper": "Compare, replay, publish",
    "durability": "What survives what",
    "spikes": "Spikes of an architecture",
}
"""The chapters of the documentation beside the first page: address below /docs/ → title."""


@require_safe
def study_list(request: HttpRequest) -> HttpResponse:
    user = user_of(request)
    archived = request.GET.get("archived") == "1"
    context = {"studies": listed(user, archived=archived), "archived": archived, "demo": of_recording()}
    return render(request, "studies/list.html", context)


@require_safe
def new_study(request: HttpRequest) -> HttpResponse:
    """The configurator, filled from a preset, from an earlier study, or for a data set."""
    presets = [
        {
            "key": p.key,
            "title": p.title,
            "summary": p.summary,
            "paper": p.paper,
            "scaled": p.scaled,
            "config": p.config.model_dump(mode="json"),
        }
        for p in PRESETS.values()
    ]
    context = {"presets": presets, "schema": StudyConfig.model_json_schema(), "initial": _initial(request)}
    return render(request, "studies/new.html", context)


def _initial(request: HttpRequest) -> object:
    if earlier := request.GET.get("from"):
        return get_object_or_404(Study.objects.for_user(user_of(request)), id=_uuid(earlier)).config
    preset = PRESETS.get(request.GET.get("preset", DEFAULT_PRESET), PRESETS[DEFAULT_PRESET])
    config = preset.config.model_dump(mode="json")
    if wanted := request.GET.get("dataset"):
        visible = Dataset.objects.for_user(user_of(request)).filter(state=DatasetState.READY)
        found = get_object_or_404(visible, id=_uuid(wanted))
        config |= {"name": found.title, "data": data_of(found)}
    return config


def _uuid(text: str) -> UUID:
    """No study and no data set has the id 0."""
    try:
        return UUID(text)
    except ValueError:
        return UUID(int=0)


@require_safe
def study_page(request: HttpRequest, study_id: UUID) -> HttpResponse:
    user = user_of(request)
    study = get_object_or_404(Study.objects.for_user(user).select_related("owner"), id=study_id)
    used = study.datasets.first()
    page = {"dataset_url": used and used.get_absolute_url()}
    return render(request, "studies/detail.html", {"study": summary(study, user) | page})


@require_safe
def docs(request: HttpRequest) -> HttpResponse:
    return render(request, "docs.html", {"chapters": CHAPTERS})


@require_safe
def chapter(request: HttpRequest, name: str) -> HttpResponse:
    """A chapter, from `templates/docs/NAME.html`."""
    if name not in CHAPTERS:
        raise Http404
    return render(request, f"docs/{name}.html", {"title": CHAPTERS[name], "catalogue": CATALOG.values()})
