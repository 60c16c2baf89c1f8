"""URLs of comparisons."""

from __future__ import annotations

from django.urls import path

from webapp.compare import views

urlpatterns = [
    path("compare", views.compare_page, name="compare"),
    path("api/compare", views.comparison, name="api-compare"),
    path("api/compare/fronts.svg", views.fronts, name="api-compare-fronts"),
]
