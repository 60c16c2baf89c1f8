"""URLs of inspections, and of the page of an architecture."""

from __future__ import annotations

from django.urls import path

from webapp.inspections import api, pages

urlpatterns = [
    path("studies/<uuid:study_id>/archs/<str:code>", pages.architecture, name="architecture"),
    path("api/studies/<uuid:study_id>/inspections", api.inspections, name="api-inspections"),
    path("api/studies/<uuid:study_id>/inspections/<uuid:inspection_id>", api.inspection, name="api-inspection"),
    path("api/studies/<uuid:study_id>/inspections/<uuid:inspection_id>/data", api.data, name="api-inspection-data"),
]
