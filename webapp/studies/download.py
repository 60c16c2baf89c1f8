"""The zip of a finished study, streamed with its exact length."""

from __future__ import annotations

import zipfile
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO
from uuid import UUID

from django.http import FileResponse, Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.utils.text import slugify
from django.views.decorators.http import require_safe

from webapp.accounts.request import user_of
from webapp.studies.files import result_files
from webapp.studies.models import State, Study

EPOCH = (2020, 1, 1, 0, 0, 0)


@require_safe
def download(request: HttpRequest, study_id: UUID) -> FileResponse:
    study = get_object_or_404(Study.objects.for_user(user_of(request)), id=study_id, state=State.SUCCEEDED)
    paths = result_files(study.id)
    if not paths:
        raise Http404("the result files of this study are no longer on the server")
    name = f"{slugify(study.name) or 'study'}-{str(study.id)[:8]}.zip"
    return FileResponse(_zip(paths), as_attachment=True, filename=name, content_type="application/zip")


def _zip(paths: list[Path]) -> IO[bytes]:
    """Stored, not deflated: weights do not compress. Fixed times, so the same result is the same file."""
    file = TemporaryFile()  # noqa: SIM115  # FileResponse closes it
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        for path in paths:
            archive.writestr(zipfile.ZipInfo(path.name, EPOCH), path.read_bytes())
    file.seek(0)
    return file
