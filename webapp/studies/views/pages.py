"""The pages of the list of studies, of a study, and of the documentation."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe

from engine.config.catalog import CATALOG
from engine.data.readers.formats import FORMATS
from engine.parts.templates import KINDS, template
from engine.schema.own import SOURCES
from webapp.accounts.request import user_of
from webapp.demo.replays import of_recording
from webapp.studies.models import Study
from webapp.studies.selectors.block_facts import stored_output_elements
from webapp.studies.selectors.listing import listed
from webapp.studies.selectors.published import published_points
from webapp.studies.selectors.summaries import detail
from webapp.studies.selectors.text_search import LONGEST_QUERY
from webapp.studies.submit.parsing import BadSubmission
from webapp.studies.views.durability_numbers import durability_numbers

TABS = ("live", "pareto", "population", "map", "lineage", "training", "log")
"""The tabs of a study's page, as frontend/study/view.js names them."""
CHAPTERS = {
    "configurator": "The configurator",
    "own-parts": "Your own parts",
    "data": "Data sets",
    "viewer": "Watching a search",
    "searches": "Many searches on one supernet",
    "paper": "Compare, replay, publish",
    "spikes": "Spikes of an architecture",
    "evaluation": "Evaluating a trained network",
    "exports": "Exporting a trained network",
    "library": "As a library",
    "command-line": "Command line",
    "energy": "Energy",
    "durability": "Durability",
    "speed": "Speed and memory",
    "fidelity": "Compared with the reference code",
    "glossary": "Glossary",
}
"""The documentation pages besides the index: URL below /docs/ → title."""


@require_safe
def study_list(request: HttpRequest) -> HttpResponse:
    user = user_of(request)
    archived = request.GET.get("archived") == "1"
    try:
        page = listed(user, archived=archived, before=request.GET.get("before", ""))
    except BadSubmission:  # a mistyped or outdated URL
        return redirect("/?archived=1" if archived else "/")
    context = {"page": asdict(page), "archived": archived, "longest_query": LONGEST_QUERY, "demo": of_recording()}
    return render(request, "studies/list.html", context)


@require_safe
def study_page(request: HttpRequest, study_id: UUID) -> HttpResponse:
    user = user_of(request)
    study = get_object_or_404(Study.objects.for_user(user).select_related("owner"), id=study_id)
    used = study.datasets.first()
    page = {"dataset_url": used and used.get_absolute_url()}
    context = {
        "study": detail(study, user) | page,
        "published": published_points(study.config["data"]["dataset"]),
        "output_elements": stored_output_elements(study.config),
        "tab": _tab(request, study),
    }
    return render(request, "studies/detail.html", context)


def _tab(request: HttpRequest, study: Study) -> str:
    """The requested tab, so that no other tab is visible before the page's script runs."""
    asked = request.GET.get("tab", "")
    return asked if asked in (("log",) if study.config.get("analysis") else TABS) else TABS[0]


@require_safe
def docs(request: HttpRequest) -> HttpResponse:
    return render(request, "docs.html", {"chapters": CHAPTERS})


@require_safe
def chapter(request: HttpRequest, name: str) -> HttpResponse:
    """A documentation page, from `templates/docs/NAME.html`."""
    if name not in CHAPTERS:
        raise Http404
    return render(request, f"docs/{name}.html", {"title": CHAPTERS[name], **_content(name)})


def _content(name: str) -> dict[str, Any]:
    """What a documentation page shows besides its text."""
    if name == "durability":
        return durability_numbers()
    if name == "own-parts":
        return {"templates": {kind: template(kind) for kind in KINDS}, "sources": SOURCES}
    return {"catalogue": CATALOG.values(), "formats": FORMATS}
