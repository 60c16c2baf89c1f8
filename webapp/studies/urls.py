"""URLs of the studies' pages and API."""

from __future__ import annotations

from django.urls import path

from webapp.studies.services.actions import ACTIONS
from webapp.studies.submit import configurator, estimates
from webapp.studies.views import (
    api,
    benchmark_table,
    download,
    energy,
    families,
    pages,
    paper_tables,
    path_counts,
    replay,
    retraining,
    rows,
)

urlpatterns = [
    path("", pages.study_list, name="studies"),
    path("studies/new", configurator.new_study, name="new-study"),
    path("studies/<uuid:study_id>", pages.study_page, name="study"),
    path("studies/<uuid:study_id>/download", download.download, name="study-download"),
    path("studies/<uuid:study_id>/replay", replay.study_replay, name="study-replay"),
    path("docs/", pages.docs, name="docs"),
    path("docs/tables", paper_tables.tables, name="tables"),
    path("docs/benchmark", benchmark_table.benchmark, name="benchmark"),
    path("docs/benchmark/<str:name>", benchmark_table.benchmark_file, name="benchmark-file"),
    path("docs/<slug:name>", pages.chapter, name="docs-chapter"),
    path("api/studies", api.studies, name="api-studies"),
    path("api/repeats/<uuid:repeat_id>", api.repeat, name="api-repeat"),
    path("api/estimate", estimates.estimate_config, name="api-estimate"),
    path("api/studies/<uuid:study_id>", api.study, name="api-study"),
    path("api/studies/<uuid:study_id>/events", api.events, name="api-events"),
    path("api/studies/<uuid:study_id>/energy", energy.energy, name="api-energy"),
    path("api/studies/<uuid:study_id>/sampling", path_counts.sampling, name="api-sampling"),
    path("api/studies/<uuid:study_id>/rows/<str:name>", rows.rows, name="api-rows"),
    path("api/studies/<uuid:study_id>/candidates/<int:number>/spike-map", api.spike_map, name="api-spike-map"),
    path("api/studies/<uuid:study_id>/fork", api.fork, name="api-fork"),
    path("api/studies/<uuid:study_id>/family", families.family, name="api-family"),
    path("api/studies/<uuid:study_id>/sweep", families.sweep, name="api-sweep"),
    path("api/studies/<uuid:study_id>/retrain", retraining.retrain, name="api-retrain"),
    path("api/studies/<uuid:study_id>/retrained", retraining.retrained, name="api-retrained"),
    *(
        path(f"api/studies/<uuid:study_id>/{action}", api.act, {"action": action}, name=f"api-{action}")
        for action in ACTIONS
    ),
]
