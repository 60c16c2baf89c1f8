"""Signing in: the form, and the one-time link."""

from __future__ import annotations

from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_safe

from webapp.accounts.services import redeem

PASSWORD_BACKEND = "django.contrib.auth.backends.ModelBackend"


class SignIn(LoginView):
    """The sign-in form; afterwards the page that was asked for first, where it is one of ours."""

    template_name = "accounts/sign_in.html"
    redirect_authenticated_user = True


@never_cache
@login_not_required
@require_safe
@sensitive_variables("token")
def sign_in_link(request: HttpRequest, token: str) -> HttpResponse:
    """Spend the link and go to the list of studies; HEAD, which link previews send, spends nothing."""
    user = redeem(token) if request.method == "GET" else None
    if user is None:
        problem = "This sign-in link has been used or has expired. Sign in with your password, or make a new link."
        context = {"form": AuthenticationForm(request), "problem": problem}
        return render(request, "accounts/sign_in.html", context, status=410)
    login(request, user, backend=PASSWORD_BACKEND)
    return redirect("/")
