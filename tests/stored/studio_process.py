"""A web application on the state folder in AUTOSNN_VAR, asked by JSON lines on stdin, answering on stdout.

{"url", "user"?, "method"?, "json"?, "body"?}   → {"status", "type", "headers", "body"}; bodies in base64
{"task", "id", "slice"?}                        → {}; runs a Celery task in this process, as a worker would
{"user", "password", "staff"?}                  → {}; makes a user
{"urls"}                                        → {"urls": [[name, route], …]}; every address of the application
"""

from __future__ import annotations

import base64
import json
import sys
from collections.abc import Iterator
from typing import Any

from tests.stored.entry_points import start_django

HEADERS = ("Location", "Content-Disposition", "Cache-Control", "X-Rows", "X-Steps")


def answer(asked: dict[str, Any]) -> dict[str, Any]:
    if "url" in asked:
        return _requested(asked)
    if "task" in asked:
        return _worked(asked)
    if "password" in asked:
        return _made_user(asked)
    return {"urls": list(_routes())}


def _requested(asked: dict[str, Any]) -> dict[str, Any]:
    client = _client(asked.get("user"))
    sent = json.dumps(asked["json"]).encode() if "json" in asked else base64.b64decode(asked.get("body", ""))
    kind = "application/json" if "json" in asked else asked.get("type", "application/octet-stream")
    found = client.generic(asked.get("method", "GET"), asked["url"], sent, kind)
    return {
        "status": found.status_code,
        "type": found.headers.get("Content-Type", ""),
        "headers": {name: found.headers[name] for name in HEADERS if name in found.headers},
        "body": base64.b64encode(found.getvalue()).decode(),
    }


def _client(user: str | None) -> Any:
    """Signed in as that user, where one is named."""
    from django.contrib.auth.models import User
    from django.test import Client

    client = Client(raise_request_exception=False)
    if user is not None:
        client.force_login(User.objects.get(username=user), "django.contrib.auth.backends.ModelBackend")
    return client


def _worked(asked: dict[str, Any]) -> dict[str, Any]:
    from celery import current_app
    from django.conf import settings

    settings.SLICE_SECONDS = asked.get("slice", 600)
    current_app.tasks[asked["task"]].apply(args=[asked["id"]]).get()
    return {}


def _made_user(asked: dict[str, Any]) -> dict[str, Any]:
    from django.contrib.auth.models import User

    make = User.objects.create_superuser if asked.get("staff") else User.objects.create_user
    make(asked["user"], password=asked["password"])
    return {}


def _routes() -> Iterator[tuple[str, str]]:
    """(name, route) of every address, the admin's own left out."""
    from django.urls import URLPattern, get_resolver

    def below(patterns: Any, before: str) -> Iterator[tuple[str, str]]:
        for one in patterns:
            route = before + str(one.pattern)
            if isinstance(one, URLPattern):
                yield str(one.name), route
            elif getattr(one, "app_name", None) == "admin":
                yield "admin", route
            else:
                yield from below(one.url_patterns, route)

    yield from below(get_resolver().url_patterns, "/")


def _without_broker() -> None:
    """Wake-ups and hints stay in this process: nobody waits for a server that is not there."""
    from celery import current_app
    from django.conf import settings
    from django.test.utils import setup_test_environment

    setup_test_environment()
    settings.CHANNEL_LAYERS = {"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}}
    current_app.conf.broker_url = current_app.conf.broker_write_url = "memory://"


def main() -> None:
    start_django()
    _without_broker()
    for line in sys.stdin:
        print(json.dumps(answer(json.loads(line))), flush=True)


if __name__ == "__main__":
    main()
