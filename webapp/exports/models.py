"""The model of an export: a study's trained network in one format, with its report."""

from __future__ import annotations

import uuid
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q

from webapp.studies.models import Study


class State(models.TextChoices):
    WAITING = "waiting", "waiting"
    RUNNING = "running", "running"
    DONE = "done", "done"
    FAILED = "failed", "failed"


class Export(models.Model):
    """One format of one study; it is made once. Only webapp.exports.services writes.

    A running export is held by `holder` until `expires`. `report` is the engine's, also where it does not agree: then
    there are no files, the state is failed and `reason` says why.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    study = models.ForeignKey(Study, on_delete=models.CASCADE, related_name="exports")
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    to = models.CharField(max_length=20)

    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    reason = models.TextField(blank=True)
    report: models.JSONField[Any, Any] = models.JSONField(null=True, blank=True)
    holder = models.CharField(max_length=200, blank=True)
    expires = models.DateTimeField(null=True, blank=True)
    attempts = models.IntegerField(default=0)
    asked = models.DateTimeField(auto_now_add=True)
    finished = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["asked"]
        indexes = [models.Index(fields=["state", "asked"])]
        constraints = [
            models.UniqueConstraint(fields=["study", "to"], name="export_once"),
            models.CheckConstraint(condition=Q(state__in=State.values), name="export_state_known"),
            models.CheckConstraint(
                condition=Q(state=State.RUNNING, expires__isnull=False) | ~Q(state=State.RUNNING) & Q(expires=None),
                name="export_running_has_lease",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.to} of {self.study_id}"
