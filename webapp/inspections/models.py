"""The model of an inspection: a question about one architecture of a study, and its answer."""

from __future__ import annotations

import uuid
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q

from engine.inspection.request import NO_SAMPLE
from webapp.studies.models import Study


class State(models.TextChoices):
    WAITING = "waiting", "waiting"
    RUNNING = "running", "running"
    DONE = "done", "done"
    FAILED = "failed", "failed"


class Inspection(models.Model):
    """One question about one architecture; the same question is the same row. Only webapp.inspections.services writes.

    A running inspection is held by `holder` until `expires`. `size` is the bytes of its tensors, 0 where it has none.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    study = models.ForeignKey(Study, on_delete=models.CASCADE, related_name="inspections")
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=10)
    architecture = models.CharField(max_length=400)
    weights = models.CharField(max_length=10)
    split = models.CharField(max_length=10)
    sample = models.IntegerField(default=NO_SAMPLE)

    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    reason = models.TextField(blank=True)
    result: models.JSONField[Any, Any] = models.JSONField(null=True, blank=True)
    size = models.BigIntegerField(default=0)
    holder = models.CharField(max_length=200, blank=True)
    expires = models.DateTimeField(null=True, blank=True)
    attempts = models.IntegerField(default=0)
    asked = models.DateTimeField(auto_now_add=True)
    finished = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["asked"]
        indexes = [models.Index(fields=["state", "asked"])]
        constraints = [
            models.UniqueConstraint(
                fields=["study", "kind", "architecture", "weights", "split", "sample"], name="inspection_once"
            ),
            models.CheckConstraint(condition=Q(state__in=State.values), name="inspection_state_known"),
            models.CheckConstraint(
                condition=Q(state=State.RUNNING, expires__isnull=False) | ~Q(state=State.RUNNING) & Q(expires=None),
                name="inspection_running_has_lease",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.architecture}"
