"""The header Idempotency-Key: a repeated launch creates no second study."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

from django.http import HttpRequest

from webapp.accounts.request import user_of
from webapp.http.body import body_of
from webapp.studies import services
from webapp.studies.models import Launch, Study
from webapp.studies.submit.parsing import BadSubmission

HEADER = "Idempotency-Key"
LONGEST_KEY = 255
OTHER_REQUEST = "was used for another request within a day; send a new key with a new request"


def once(request: HttpRequest, make: Callable[[Launch | None], Study]) -> tuple[Study, bool]:
    """The study that the request creates or has created before, and whether it is new. Raises BadSubmission,
    ConfigError.

    `make` stores the given launch together with the study; the launch is None for a request without a key.
    """
    launch = _launch_of(request)
    if launch is None:
        return make(None), True
    if (made := _made_before(launch)) is not None:
        return made, False
    try:
        return make(launch), True
    except services.AlreadyLaunched:
        made = _made_before(launch)
        if made is None:
            raise
        return made, False


def _launch_of(request: HttpRequest) -> Launch | None:
    key = request.headers.get(HEADER)
    if key is None:
        return None
    if not (key.isascii() and key.isprintable() and 1 <= len(key) <= LONGEST_KEY):
        bound = f"must be 1 to {LONGEST_KEY} printable ASCII characters, got {len(key)}: {key[:40]!a}"
        raise BadSubmission([{"field": HEADER, "message": bound}])
    asked = request.path.encode() + b"\n" + body_of(request)
    return Launch(owner=user_of(request), key=key, request_sha256=hashlib.sha256(asked).hexdigest())


def _made_before(launch: Launch) -> Study | None:
    """The study created under the key. Raises BadSubmission where another request has used the key."""
    found = services.earlier(launch)
    if found is None:
        return None
    if found.request_sha256 != launch.request_sha256:
        raise BadSubmission([{"field": HEADER, "message": OTHER_REQUEST}])
    return found.study
