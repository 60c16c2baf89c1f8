"""The read-only jobs panel of inspections."""

from __future__ import annotations

from django.contrib import admin

from webapp.http.read_only_admin import ReadOnly
from webapp.inspections.models import Inspection


@admin.register(Inspection)
class InspectionAdmin(ReadOnly):
    list_display = ("kind", "architecture", "weights", "split", "sample", "state", "study", "owner", "asked", "reason")
    list_filter = ("state", "kind", "weights")
    search_fields = ("architecture", "study__name", "owner__username", "id__startswith")
    list_select_related = ("study", "owner")
    exclude = ("result",)
