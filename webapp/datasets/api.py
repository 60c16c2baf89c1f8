"""The JSON API of data sets. Views read through `for_user` and write through services."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.auth.models import User
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from engine.errors import ConfigError
from engine.linked.croissant import croissant
from webapp.accounts.request import user_of
from webapp.datasets import services
from webapp.datasets.admission import Refused, bytes_used
from webapp.datasets.listing import listed
from webapp.datasets.models import Dataset, Task
from webapp.datasets.pictures import split_of
from webapp.datasets.summaries import detail, may_edit
from webapp.http.body import body_of
from webapp.http.errors import InvalidTransition


@require_http_methods(["GET", "HEAD", "POST"])
def datasets(request: HttpRequest) -> JsonResponse:
    """GET lists the visible data sets, `?before=` the older ones; POST creates one."""
    user = user_of(request)
    if request.method == "POST":
        return _create(request)
    page = listed(user, request.GET.get("before", ""))
    return JsonResponse({**asdict(page), "quota": quota(user), "user": user.get_username()})


def quota(user: User) -> dict[str, int]:
    """Limits of uploads, and the bytes this user's uploads take."""
    most = {"bytes": settings.UPLOAD_QUOTA, "upload": settings.MAX_UPLOAD, "chunk": settings.UPLOAD_CHUNK}
    return {**most, "used": bytes_used(user)}


def _create(request: HttpRequest) -> JsonResponse:
    """`{"source": "upload", "title", "file", "size"}` or `{"source": "path", "title", "path"}`; both take `shared`."""
    user = user_of(request)
    try:
        asked = _body(request)
        shared = _flag(asked, "shared")
        if asked.get("source") == "upload":
            made = services.begin_upload(user, asked.get("title"), asked.get("file"), asked.get("size"), shared)
        elif asked.get("source") == "path":
            made = services.register_path(user, asked.get("title"), asked.get("path"), shared)
        else:
            raise Refused("source", "must be upload or path")
    except Refused as problem:
        return _refused(problem)
    return JsonResponse(detail(_found(request, made.id), user), status=201)


@require_http_methods(["GET", "HEAD", "DELETE"])
def dataset(request: HttpRequest, dataset_id: UUID) -> HttpResponse:
    found = _found(request, dataset_id)
    if request.method != "DELETE":
        return JsonResponse(detail(found, user_of(request)))
    if not may_edit(found, user_of(request)):
        return _forbidden()
    try:
        services.remove(found)
    except InvalidTransition as problem:
        return JsonResponse({"error": f"{found.title} cannot be deleted: {problem}"}, status=409)
    return HttpResponse(status=204)


@require_http_methods(["PUT"])
def content(request: HttpRequest, dataset_id: UUID) -> JsonResponse:
    """PUT the bytes of an upload at `?offset=`; 409 with `received` where another byte is next."""
    found = _found(request, dataset_id)
    if not may_edit(found, user_of(request)):
        return _forbidden()
    length, offset = request.headers.get("Content-Length", ""), request.GET.get("offset", "")
    if not (offset.isascii() and offset.isdigit() and len(offset) < 17):
        return _refused(Refused("offset", "must be a whole number of bytes"))
    if not (length.isascii() and length.isdigit() and 1 <= int(length) <= settings.UPLOAD_CHUNK):
        return _refused(Refused("content", f"must be 1 to {settings.UPLOAD_CHUNK:,} bytes at a time"))
    try:
        received = services.take_chunk(found, int(offset), request.read())
    except services.Deleted as problem:
        return JsonResponse({"error": str(problem)}, status=404)
    except services.WrongOffset as problem:
        return JsonResponse({"error": str(problem), "received": problem.received}, status=409)
    except InvalidTransition as problem:
        return JsonResponse({"error": str(problem)}, status=409)
    except Refused as problem:
        return _refused(problem)
    except OSError as error:
        return JsonResponse({"error": f"the server cannot store it: {error.strerror}"}, status=507)
    return JsonResponse({"received": received})


@require_POST
def act(request: HttpRequest, dataset_id: UUID, task: Task) -> JsonResponse:
    """Check a data set again, or download a built-in one."""
    found = _found(request, dataset_id)
    if found.owner_id is not None and not may_edit(found, user_of(request)):
        return _forbidden()
    try:
        services.ask(found.id, task)
    except InvalidTransition as problem:
        return JsonResponse({"error": str(problem)}, status=409)
    return JsonResponse(detail(_found(request, dataset_id), user_of(request)))


@require_POST
def describe(request: HttpRequest, dataset_id: UUID) -> JsonResponse:
    found = _found(request, dataset_id)
    if not may_edit(found, user_of(request)):
        return _forbidden()
    try:
        said = _body(request)
        services.describe(
            found.id, *(said.get(key, getattr(found, key)) for key in ("title", "licence", "citation", "shared"))
        )
    except Refused as problem:
        return _refused(problem)
    return JsonResponse(detail(_found(request, dataset_id), user_of(request)))


@require_safe
def split(request: HttpRequest, dataset_id: UUID) -> JsonResponse:
    """The training and validation split of a study: `?kind=&fraction=&seed=`."""
    try:
        return JsonResponse(split_of(_found(request, dataset_id), request.GET))
    except Refused as problem:
        return _refused(problem)


@require_safe
def croissant_metadata(request: HttpRequest, dataset_id: UUID) -> JsonResponse:
    """Croissant metadata of a checked data set, with its owner's licence and citation."""
    found = _found(request, dataset_id)
    if not found.report:
        raise Http404("its files are not checked yet")
    known = {"title": found.title, "licence": found.licence, "citation": found.citation}
    return JsonResponse(croissant(found.report, **known), content_type="application/ld+json")


def _found(request: HttpRequest, dataset_id: UUID) -> Dataset:
    return get_object_or_404(services.counted(Dataset.objects.for_user(user_of(request))), id=dataset_id)


def _body(request: HttpRequest) -> dict[str, Any]:
    try:
        document = json.loads(body_of(request))
    except (ValueError, RecursionError, ConfigError) as error:
        raise Refused("", "the request must be JSON") from error
    if not isinstance(document, dict):
        raise Refused("", "the request must be a JSON object")
    return document


def _flag(asked: dict[str, Any], name: str) -> bool:
    value = asked.get(name, False)
    if not isinstance(value, bool):
        raise Refused(name, "must be true or false")
    return value


def _refused(problem: Refused) -> JsonResponse:
    return JsonResponse({"problems": [{"field": problem.field, "message": problem.message}]}, status=422)


def _forbidden() -> JsonResponse:
    return JsonResponse({"error": "only its owner may change it"}, status=403)
