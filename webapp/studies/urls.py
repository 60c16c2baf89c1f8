"""URLs of the pages and of the API."""

from __future__ import annotations

from django.urls import path

from webapp.studies import pages

urlpatterns = [
    path("", pages.study_list, name="studies"),
    path("studies/new", pages.new_study, name="new-study"),
    path("studies/<uuid:study_id>", pages.study_page, name="study"),
    path("docs/", pages.docs, name="docs"),
]
