"""The inspections app."""

from __future__ import annotations

from django.apps import AppConfig


class InspectionsConfig(AppConfig):
    name = "webapp.inspections"
    label = "inspections"
    verbose_name = "Inspections"
