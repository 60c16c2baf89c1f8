"""The report's page, the files of the paper kit, and the kit as one zip."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.text import slugify
from django.views.decorators.http import require_safe

from engine.errors import EngineError
from engine.figures.kit import make, zipped
from webapp.accounts.request import user_of
from webapp.paper.report import report
from webapp.studies.models import Study
from webapp.studies.selectors.records import record_of

TYPES = {
    "svg": "image/svg+xml",
    "tex": "application/x-tex",
    "bib": "application/x-bibtex",
    "csv": "text/csv; charset=utf-8",
    "txt": "text/plain; charset=utf-8",
    "json": "application/json",
}


@require_safe
def report_page(request: HttpRequest, study_id: UUID) -> HttpResponse:
    study = _visible(request, study_id)
    return render(request, "paper/report.html", report(study, record_of(study)))


@require_safe
def figure(request: HttpRequest, study_id: UUID, name: str) -> HttpResponse:
    """One file of the kit, or `genome-CODE.svg` of any architecture the search evaluated."""
    study = _visible(request, study_id)
    try:
        body = make(record_of(study), name)
    except EngineError as error:
        raise Http404(str(error)) from error
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(body, content_type=TYPES[name.rpartition(".")[2]], headers=headers)


@require_safe
def paper_kit(request: HttpRequest, study_id: UUID) -> HttpResponse:
    """All files of the kit in one zip."""
    study = _visible(request, study_id)
    name = f"{slugify(study.name) or 'study'}-{str(study.id)[:8]}-paper.zip"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(zipped(record_of(study)), content_type="application/zip", headers=headers)


def _visible(request: HttpRequest, study_id: UUID) -> Study:
    return get_object_or_404(Study.objects.for_user(user_of(request)).select_related("owner"), id=study_id)
