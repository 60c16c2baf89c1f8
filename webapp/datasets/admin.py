"""The read-only jobs panel of data sets."""

from __future__ import annotations

from django.contrib import admin

from webapp.datasets.models import Dataset
from webapp.http.read_only_admin import ReadOnly


@admin.register(Dataset)
class DatasetAdmin(ReadOnly):
    list_display = (
        "title",
        "source",
        "dataset",
        "version",
        "state",
        "stage",
        "owner",
        "size",
        "checked",
        "attempts",
        "reason",
    )
    list_filter = ("state", "source", "dataset", "owner")
    search_fields = ("title", "id__startswith", "owner__username", "location", "content_sha256__startswith")
    list_select_related = ("owner",)
