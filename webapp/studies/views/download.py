"""The download of a finished study: its result files as a zip."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from webapp.accounts.request import user_of
from webapp.studies.files import package_name, result_files
from webapp.studies.models import State, Study

EPOCH = (2020, 1, 1, 0, 0, 0)


@require_safe
def download(request: HttpRequest, study_id: UUID) -> HttpResponse:
    study = get_object_or_404(Study.objects.for_user(user_of(request)), id=study_id, state=State.SUCCEEDED)
    paths = result_files(study.id)
    if not paths:
        raise Http404("the result files of this study are no longer on the server")
    body = _zip(paths)
    headers = {"Content-Disposition": f'attachment; filename="{package_name(study)}"', "Content-Length": str(len(body))}
    return HttpResponse(body, content_type="application/zip", headers=headers)


def _zip(paths: list[Path]) -> bytes:
    """An uncompressed zip, since weights do not compress, with fixed times, so that equal results are equal files."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        for path in paths:
            archive.writestr(zipfile.ZipInfo(path.name, EPOCH), path.read_bytes())
    return file.getvalue()
