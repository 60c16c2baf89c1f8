"""URLs of exports."""

from __future__ import annotations

from django.urls import path

from webapp.exports import api

urlpatterns = [
    path("api/studies/<uuid:study_id>/exports", api.exports, name="api-exports"),
    path("api/studies/<uuid:study_id>/exports/<uuid:export_id>", api.export, name="api-export"),
    path("api/studies/<uuid:study_id>/exports/<uuid:export_id>/file", api.file, name="api-export-file"),
]
