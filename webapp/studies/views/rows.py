"""Candidates, front, curves and trainings of a study as files for other tools."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from engine.config.parse import parse_stored
from engine.rows.columns import COLUMNS
from engine.rows.files import in_form
from engine.rows.of_events import rows_of
from webapp.accounts.request import user_of
from webapp.studies.files import package_name
from webapp.studies.models import Event, Study

TYPES = {"csv": "text/csv; charset=utf-8", "parquet": "application/vnd.apache.parquet"}
KINDS = ("phase_started", "epoch_finished", "generation_finished", "study_finished", "training_finished")


@require_safe
def rows(request: HttpRequest, study_id: UUID, name: str) -> HttpResponse:
    """`candidates.csv`, `front.parquet` and so on, of what the study has stored so far."""
    study = get_object_or_404(Study.objects.for_user(user_of(request)), id=study_id)
    what, _, form = name.partition(".")
    found = next((one for one in COLUMNS if one == what), None)
    if found is None or form not in TYPES:
        raise Http404(f"the rows are {', '.join(COLUMNS)}, as .csv or .parquet")
    config = parse_stored(study.config)
    events = Event.objects.filter(study=study, kind__in=KINDS).order_by("seq").values_list("payload", flat=True)
    stem = package_name(study).removesuffix(".zip")
    headers = {"Content-Disposition": f'attachment; filename="{stem}-{name}"'}
    body = in_form(rows_of(found, config, events), form, config)
    return HttpResponse(body, content_type=TYPES[form], headers=headers)
