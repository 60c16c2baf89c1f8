"""URLs of the data sets."""

from __future__ import annotations

from django.urls import path

from webapp.datasets import api, pages, pictures
from webapp.datasets.models import Task

urlpatterns = [
    path("datasets", pages.dataset_list, name="datasets"),
    path("datasets/<uuid:dataset_id>", pages.dataset_page, name="dataset"),
    path("api/datasets", api.datasets, name="api-datasets"),
    path("api/datasets/<uuid:dataset_id>", api.dataset, name="api-dataset"),
    path("api/datasets/<uuid:dataset_id>/content", api.content, name="api-dataset-content"),
    path("api/datasets/<uuid:dataset_id>/check", api.act, {"task": Task.CHECK}, name="api-dataset-check"),
    path("api/datasets/<uuid:dataset_id>/fetch", api.act, {"task": Task.FETCH}, name="api-dataset-fetch"),
    path("api/datasets/<uuid:dataset_id>/describe", api.describe, name="api-dataset-describe"),
    path("api/datasets/<uuid:dataset_id>/croissant.json", api.croissant_metadata, name="api-dataset-croissant"),
    path("api/datasets/<uuid:dataset_id>/split", api.split, name="api-dataset-split"),
    path("api/datasets/<uuid:dataset_id>/frames", pictures.frames, name="api-dataset-frames"),
    path("api/datasets/<uuid:dataset_id>/samples/<int:label>.png", pictures.samples, name="api-dataset-samples"),
    path("api/datasets/<uuid:dataset_id>/augmented/<str:kind>.png", pictures.augmented, name="api-dataset-augmented"),
]
