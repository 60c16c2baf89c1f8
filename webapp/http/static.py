"""Serves compressed static files without WhiteNoise's streaming response, which ASGI would have to buffer."""

from __future__ import annotations

import gzip
from functools import lru_cache
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import patch_vary_headers
from whitenoise.middleware import WhiteNoiseMiddleware

TEXTS = ("text/javascript", "text/css", "image/svg+xml", "application/json")
KEPT = 256
"""Compressed files kept in memory: Plotly has 1.5 MB, all other files together 0.1 MB."""


class StaticFiles(WhiteNoiseMiddleware):  # type: ignore[misc]  # whitenoise is untyped
    """WhiteNoise finds the file and its headers; the body is read here, in the middleware's own thread."""

    @staticmethod
    def serve(static_file: Any, request: HttpRequest) -> HttpResponseBase:
        found = static_file.get_response(request.method, request.META)
        body = b""
        if found.file is not None:
            with found.file as file:
                body = file.read()
        response = HttpResponse(body, status=int(found.status))
        del response["Content-Type"]
        for key, value in found.headers:
            response[key] = value
        if response.status_code == 200 and response.get("Content-Type", "").startswith(TEXTS):
            patch_vary_headers(response, ["Accept-Encoding"])
            if "gzip" in request.headers.get("Accept-Encoding", ""):
                response.content = body = compressed(body)
                response["Content-Encoding"] = "gzip"
        if body:  # an upgrade may have replaced the file since its size was read
            response["Content-Length"] = str(len(body))
        return response


@lru_cache(maxsize=KEPT)
def compressed(body: bytes) -> bytes:
    """The body as gzip, cached by content; an empty body, the answer to HEAD, stays empty."""
    return gzip.compress(body, mtime=0) if body else b""
