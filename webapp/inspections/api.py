"""The JSON API of inspections. Views read studies through `for_user` and write through services."""

from __future__ import annotations

import json
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_http_methods, require_safe

from engine.errors import ConfigError
from webapp.accounts.request import user_of
from webapp.http.body import body_of
from webapp.http.paging import newest, row_at
from webapp.inspections import files, services
from webapp.inspections.admission import Refused
from webapp.inspections.models import Inspection, State
from webapp.inspections.summaries import Queue, brief, wire
from webapp.studies.models import Study

PAGE = 500
FILTERS = ("kind", "architecture", "weights", "split", "state")


@require_http_methods(["GET", "HEAD", "POST"])
def inspections(request: HttpRequest, study_id: UUID) -> JsonResponse:
    """GET lists a study's inspections, `?kind=&architecture=&weights=&split=&state=`, newest first; POST creates one.

    `?before=` with the last page's `next` lists older ones; `?brief=1` leaves the spike maps out.
    """
    study = get_object_or_404(Study.objects.for_user(user_of(request)), id=study_id)
    if request.method == "POST":
        return _ask(request, study)
    # no text that is stored has U+0000, and PostgreSQL refuses to look for it
    wanted = {name: request.GET[name].replace("\0", "") for name in FILTERS if name in request.GET}
    every = Inspection.objects.filter(study=study)
    oldest = row_at(every, request.GET.get("before", ""))
    found, last = newest(every.filter(**wanted), "asked", oldest, PAGE)
    form = brief if request.GET.get("brief") == "1" else wire
    queue = Queue()
    return JsonResponse({"inspections": [form(one, queue) for one in found], "next": str(last.id) if last else None})


def _ask(request: HttpRequest, study: Study) -> JsonResponse:
    """`{"kind", "architecture", "weights"?, "split"?, "sample"?}`: 201 for a new inspection, 200 for a known one."""
    try:
        asked = json.loads(body_of(request))
    except (ValueError, RecursionError, ConfigError):
        asked = None
    if not isinstance(asked, dict):
        return _refused(Refused("", "the request must be a JSON object"))
    try:
        found, new = services.ask(study, user_of(request), asked)
    except Refused as problem:
        return _refused(problem)
    return JsonResponse(wire(found), status=201 if new else 200)


def _refused(problem: Refused) -> JsonResponse:
    return JsonResponse({"problems": [{"field": problem.field, "message": problem.message}]}, status=422)


@require_safe
def inspection(request: HttpRequest, study_id: UUID, inspection_id: UUID) -> JsonResponse:
    return JsonResponse(wire(_found(request, study_id, inspection_id)))


@require_safe
def data(request: HttpRequest, study_id: UUID, inspection_id: UUID) -> HttpResponse:
    """An inspection's tensors as safetensors. They never change, so they may be cached for ever."""
    found = _found(request, study_id, inspection_id)
    if found.state != State.DONE or not found.size:
        raise Http404("this inspection has no tensors")
    try:
        body = files.data_file(study_id, found.id).read_bytes()
    except FileNotFoundError as error:
        raise Http404("the tensors of this inspection are no longer on the server") from error
    headers = {"Cache-Control": "private, max-age=31536000, immutable"}
    return HttpResponse(body, content_type="application/octet-stream", headers=headers)


def _found(request: HttpRequest, study_id: UUID, inspection_id: UUID) -> Inspection:
    study = get_object_or_404(Study.objects.for_user(user_of(request)), id=study_id)
    return get_object_or_404(Inspection, study=study, id=inspection_id)
