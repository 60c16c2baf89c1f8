"""URLs of the report and the paper kit."""

from __future__ import annotations

from django.urls import path

from webapp.paper import views

urlpatterns = [
    path("studies/<uuid:study_id>/report", views.report_page, name="study-report"),
    path("studies/<uuid:study_id>/paper-kit", views.paper_kit, name="study-paper-kit"),
    path("studies/<uuid:study_id>/figures/<str:name>", views.figure, name="study-figure"),
]
