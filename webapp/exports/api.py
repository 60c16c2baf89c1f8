"""The JSON API of exports. Views read studies through `for_user` and write through services."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from uuid import UUID

from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_http_methods, require_safe

from engine.errors import ConfigError
from webapp.accounts.request import user_of
from webapp.exports import files, services
from webapp.exports.admission import Refused
from webapp.exports.models import Export, State
from webapp.exports.summaries import listed, wire
from webapp.http.body import body_of
from webapp.studies.models import Study

EPOCH = (2020, 1, 1, 0, 0, 0)


@require_http_methods(["GET", "HEAD", "POST"])
def exports(request: HttpRequest, study_id: UUID) -> JsonResponse:
    """GET lists formats and exports of a study; POST `{"to": "nir"}` asks for one: 201 a new one, 200 a known one."""
    study = get_object_or_404(Study.objects.for_user(user_of(request)), id=study_id)
    if request.method != "POST":
        return JsonResponse(listed(study))
    try:
        asked = json.loads(body_of(request))
    except (ValueError, RecursionError, ConfigError):
        asked = None
    try:
        if not isinstance(asked, dict):
            raise Refused("", "the request must be a JSON object")
        found, new = services.ask(study, user_of(request), asked.get("to"))
    except Refused as problem:
        return JsonResponse({"problems": [{"field": problem.field, "message": problem.message}]}, status=422)
    return JsonResponse(wire(found), status=201 if new else 200)


@require_safe
def export(request: HttpRequest, study_id: UUID, export_id: UUID) -> JsonResponse:
    return JsonResponse(wire(_found(request, study_id, export_id)))


@require_safe
def file(request: HttpRequest, study_id: UUID, export_id: UUID) -> HttpResponseBase:
    """The file of an export that agrees; of several files a zip."""
    found = _found(request, study_id, export_id)
    if found.state != State.DONE:
        raise Http404("this export has no file")
    paths = files.files_of(study_id, export_id, found.report["files"])
    if not paths:
        raise Http404("the files of this export are no longer on the server")
    if len(paths) == 1:
        return FileResponse(paths[0].open("rb"), as_attachment=True, content_type="application/octet-stream")
    headers = {"Content-Disposition": f'attachment; filename="{paths[0].name}.zip"'}
    return HttpResponse(_zip(paths), content_type="application/zip", headers=headers)


def _zip(paths: list[Path]) -> bytes:
    """An uncompressed zip with fixed times, so that equal files give equal bytes."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as archive:
        for path in paths:
            archive.writestr(zipfile.ZipInfo(path.name, EPOCH), path.read_bytes())
    return packed.getvalue()


def _found(request: HttpRequest, study_id: UUID, export_id: UUID) -> Export:
    study = get_object_or_404(Study.objects.for_user(user_of(request)), id=study_id)
    return get_object_or_404(Export, study=study, id=export_id)
