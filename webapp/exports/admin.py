"""The read-only jobs panel of exports."""

from __future__ import annotations

from django.contrib import admin

from webapp.exports.models import Export
from webapp.http.read_only_admin import ReadOnly


@admin.register(Export)
class ExportAdmin(ReadOnly):
    list_display = ("to", "state", "study", "owner", "asked", "reason")
    list_filter = ("state", "to")
    search_fields = ("study__name", "owner__username", "id__startswith")
    list_select_related = ("study", "owner")
