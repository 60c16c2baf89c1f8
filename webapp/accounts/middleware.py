"""Requires sign-in for every request: pages redirect to the form, API calls get 401."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import HttpRequest, JsonResponse
from django.http.response import HttpResponseBase

SIGNED_OUT = "you are not signed in, or your session has ended; sign in at /sign-in"


class SignInRequired(LoginRequiredMiddleware):
    """Django's, except for API calls: a client that follows redirects would take the sign-in page for the answer.

    A browser that opens an API URL accepts text/html, so it is redirected as well.
    """

    def process_view(
        self,
        request: HttpRequest,
        view_func: Callable[..., HttpResponseBase],
        view_args: tuple[Any, ...],
        view_kwargs: dict[Any, Any],
    ) -> HttpResponseBase | None:
        refusal = super().process_view(request, view_func, view_args, view_kwargs)
        called = request.path.startswith("/api/") and "text/html" not in request.headers.get("Accept", "")
        return JsonResponse({"error": SIGNED_OUT}, status=401) if refusal is not None and called else refusal
