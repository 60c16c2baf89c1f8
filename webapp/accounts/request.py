"""The signed-in user of a request, as the type the type checker needs."""

from __future__ import annotations

from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest


def user_of(request: HttpRequest) -> User:
    """The signed-in user. The middleware lets no other request reach a view that calls this."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user
