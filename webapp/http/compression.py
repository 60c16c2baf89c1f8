"""Compresses pages and API answers; downloads and compressed files are sent unchanged."""

from __future__ import annotations

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware

TEXTS = ("text/html", "application/json", "text/csv", "image/svg+xml")


class Compressed(GZipMiddleware):
    """Django's middleware, which pads at random against attacks on sizes, for text responses only."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if response.streaming or not response.get("Content-Type", "").startswith(TEXTS):
            return response
        return super().process_response(request, response)
