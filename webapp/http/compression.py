"""Pages and answers of the API compressed on their way; what is downloaded or already compressed goes as it is."""

from __future__ import annotations

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware

TEXTS = ("text/html", "application/json", "text/csv", "image/svg+xml")


class Compressed(GZipMiddleware):
    """Django's, which pads at random against guessing from sizes, for whole texts alone."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if response.streaming or not response.get("Content-Type", "").startswith(TEXTS):
            return response
        return super().process_response(request, response)
