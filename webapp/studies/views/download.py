"""The download of a finished study: its result files as a zip, whole or from where an earlier attempt broke off."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from uuid import UUID

from django.core.handlers.asgi import ASGIRequest
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from webapp.accounts.request import user_of
from webapp.http.byte_range import ByteRange, asked_range, is_known
from webapp.http.stored_zip import StoredZip, stored_zip
from webapp.studies.files import package_name, result_files
from webapp.studies.models import State, Study


@require_safe
def download(request: HttpRequest, study_id: UUID) -> HttpResponseBase:
    study = get_object_or_404(Study.objects.for_user(user_of(request)), id=study_id, state=State.SUCCEEDED)
    paths = result_files(study.id)
    if not paths:
        raise Http404("the result files of this study are no longer on the server")
    packed = stored_zip(paths)
    response = _answer(request, packed)
    response["ETag"] = _etag(packed)
    response["Accept-Ranges"] = "bytes"
    response["Content-Disposition"] = f'attachment; filename="{package_name(study)}"'
    return response


def _etag(packed: StoredZip) -> str:
    return f'"{packed.tag}"'


def _answer(request: HttpRequest, packed: StoredZip) -> HttpResponseBase:
    """All of it, a part (206), none where the client has it (304), or a range that is not there (416)."""
    if is_known(request.headers, _etag(packed)):
        return HttpResponse(status=304)
    part = None if request.method == "HEAD" else asked_range(request.headers, packed.size, _etag(packed))
    if part is not None and part.start >= part.stop:
        return HttpResponse(status=416, headers={"Content-Range": part.header(packed.size)})
    sent = part or ByteRange(0, packed.size)
    chunks = iter(()) if request.method == "HEAD" else packed.read(sent.start, sent.stop)
    response = StreamingHttpResponse(_streamed(request, chunks), content_type="application/zip")
    response["Content-Length"] = str(sent.stop - sent.start)
    if part is not None:
        response.status_code = 206
        response["Content-Range"] = part.header(packed.size)
    return response


def _streamed(request: HttpRequest, chunks: Iterator[bytes]) -> Iterator[bytes] | AsyncIterator[bytes]:
    """In the form of the server at hand: under ASGI Django would read a plain iterator to its end first."""
    return _in_threads(chunks) if isinstance(request, ASGIRequest) else chunks


async def _in_threads(chunks: Iterator[bytes]) -> AsyncIterator[bytes]:
    while (chunk := await asyncio.to_thread(next, chunks, None)) is not None:
        yield chunk
