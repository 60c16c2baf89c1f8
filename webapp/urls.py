"""The URLs of the application."""

from __future__ import annotations

from django.contrib import admin
from django.contrib.auth.views import LogoutView
from django.urls import include, path
from django.views.generic import RedirectView

from webapp.accounts.views import ChangePassword, SignIn, jobs_sign_in, sign_in_link
from webapp.monitoring.health import healthz, readyz
from webapp.monitoring.metrics import metrics

urlpatterns = [
    path("healthz", healthz, name="healthz"),
    path("readyz", readyz, name="readyz"),
    path("metrics", metrics, name="metrics"),
    path("sign-in", SignIn.as_view(), name="sign-in"),
    path("sign-in/<str:token>", sign_in_link, name="sign-in-link"),
    path("sign-out", LogoutView.as_view(), name="sign-out"),
    path("account/password", ChangePassword.as_view(), name="password"),
    path("admin/login/", jobs_sign_in),
    path("admin/password_change/", RedirectView.as_view(pattern_name="password")),
    path("admin/", admin.site.urls),
    path("", include("webapp.datasets.urls")),
    path("", include("webapp.studies.urls")),
    path("", include("webapp.inspections.urls")),
    path("", include("webapp.exports.urls")),
    path("", include("webapp.paper.urls")),
    path("", include("webapp.demo.urls")),
    path("", include("webapp.compare.urls")),
]
