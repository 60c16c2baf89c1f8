"""A stored config that cannot be read here, for it names a part that is not registered: an answer, and no failure."""

from __future__ import annotations

import json
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from engine.errors import ConfigError

STATUS = 409


class UnreadableConfig:
    """Where a view raises ConfigError, status 409 with the reason: JSON below /api/, else a page."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if not isinstance(error, ConfigError):
            return None
        if request.path.startswith("/api/"):
            problems = [{"field": "", "message": line} for line in error.problems]
            return HttpResponse(json.dumps({"problems": problems}), content_type="application/json", status=STATUS)
        return render(request, "409.html", {"problems": error.problems}, status=STATUS)
