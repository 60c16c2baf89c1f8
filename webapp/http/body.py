"""The JSON body of an API request, under any content type: `curl -d` labels every body a form."""

from __future__ import annotations

import json
from typing import Any

from django.http import HttpRequest

from engine.errors import ConfigError

FORM = "multipart/form-data"


def body_of(request: HttpRequest) -> bytes:
    """The body's bytes; empty for an empty multipart form. Raises ConfigError for any other multipart form.

    Django has already consumed the body of such a form, looking for a CSRF token.
    """
    if request.content_type != FORM:
        return request.body
    if request.POST or request.FILES:
        raise ConfigError([f"body: must be a JSON object, got {FORM}"])
    return b""


def options_of(request: HttpRequest) -> dict[str, Any]:
    """The body's JSON object; an empty body has no options. Raises ConfigError."""
    body = body_of(request)
    if not body.strip():
        return {}
    try:
        found = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise ConfigError([f"body: not valid JSON: {str(error)[:200]}"]) from error
    if not isinstance(found, dict):
        raise ConfigError(["body: must be a JSON object"])
    return found
