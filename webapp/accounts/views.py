"""Sign-in by form or one-time link, and the change of one's own password."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth import REDIRECT_FIELD_NAME, login
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm
from django.contrib.auth.views import LoginView, PasswordChangeView, redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_safe

from webapp.accounts.services import redeem

PASSWORD_BACKEND = "django.contrib.auth.backends.ModelBackend"


class SignIn(LoginView):
    """The sign-in form; it redirects to the page requested first, if that is on this server."""

    template_name = "accounts/sign_in.html"
    redirect_authenticated_user = True


class ChangePassword(PasswordChangeView):
    """Changes the user's own password; sessions in other browsers end, this one stays."""

    template_name = "accounts/password.html"
    success_url = reverse_lazy("password")

    def form_valid(self, form: PasswordChangeForm) -> HttpResponse:
        messages.success(self.request, "Password changed. Sessions in other browsers have ended.")
        return super().form_valid(form)


@login_not_required
@require_safe
def jobs_sign_in(request: HttpRequest) -> HttpResponse:
    """The jobs panel's sign-in. A signed-in user who arrives here is not staff."""
    if request.user.is_authenticated:
        raise PermissionDenied("the jobs panel is for staff")
    return redirect_to_login(request.GET.get(REDIRECT_FIELD_NAME, "/admin/"))


@never_cache
@login_not_required
@require_safe
@sensitive_variables("token")
def sign_in_link(request: HttpRequest, token: str) -> HttpResponse:
    """Use the link and redirect to the list of studies. HEAD, which link previews send, does not use it."""
    user = redeem(token) if request.method == "GET" else None
    if user is None:
        problem = "This sign-in link has been used or has expired. Sign in with your password, or make a new link."
        context = {"form": AuthenticationForm(request), "problem": problem}
        return render(request, "accounts/sign_in.html", context, status=410)
    login(request, user, backend=PASSWORD_BACKEND)
    return redirect("/")
