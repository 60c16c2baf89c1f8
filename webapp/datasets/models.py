"""The model of a data set: the place of its files, its state, and the report of its check."""

from __future__ import annotations

import uuid
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser, User
from django.db import models
from django.db.models import Q
from django.urls import reverse


class Source(models.TextChoices):
    BUILTIN = "builtin", "built in"
    UPLOAD = "upload", "upload"
    PATH = "path", "folder on the server"


class State(models.TextChoices):
    ABSENT = "absent", "not downloaded"
    ARRIVING = "arriving", "arriving"
    WAITING = "waiting", "waiting"
    WORKING = "working", "being checked"
    READY = "ready", "ready"
    REFUSED = "refused", "refused"
    CHANGED = "changed", "changed"


class Task(models.TextChoices):
    """The data worker's task for a waiting data set."""

    CHECK = "check", "check"
    FETCH = "fetch", "fetch"


class DatasetQuerySet(models.QuerySet["Dataset"]):
    def for_user(self, user: User | AnonymousUser) -> DatasetQuerySet:
        """The data sets this user may see: built-in, own, shared; staff see all. Every view reads through this."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        return self.all() if user.is_staff else self.filter(Q(owner=None) | Q(owner=user) | Q(shared=True))


class Dataset(models.Model):
    """One version of a data set. Only webapp.datasets.services writes it.

    Its content never changes while a study uses it: changed files at the same place become another version, with
    another `content_sha256`. `location` is the `data.path` of a study's config, "" for a built-in one in its usual
    place. During a check, `holder` and `expires` are the lease; `attempts` counts the checks started since the request.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="datasets", null=True, blank=True
    )
    shared = models.BooleanField(default=False)
    title = models.CharField(max_length=120)
    source = models.CharField(max_length=10, choices=Source.choices)
    dataset = models.CharField(max_length=40, blank=True)
    location = models.CharField(max_length=500, blank=True)
    version = models.IntegerField(default=1)

    state = models.CharField(max_length=10, choices=State.choices)
    task = models.CharField(max_length=10, choices=Task.choices, default=Task.CHECK)
    stage = models.CharField(max_length=20, blank=True)
    reason = models.TextField(blank=True)
    holder = models.CharField(max_length=200, blank=True)
    expires = models.DateTimeField(null=True, blank=True)
    attempts = models.IntegerField(default=0)
    size = models.BigIntegerField(default=0)
    received = models.BigIntegerField(default=0)

    content_sha256 = models.CharField(max_length=64, blank=True)
    report: models.JSONField[Any, Any] = models.JSONField(default=dict, blank=True)
    licence = models.CharField(max_length=200, blank=True)
    citation = models.CharField(max_length=500, blank=True)
    created = models.DateTimeField(auto_now_add=True)
    touched = models.DateTimeField(auto_now=True)
    checked = models.DateTimeField(null=True, blank=True)

    objects = DatasetQuerySet.as_manager()

    class Meta:
        ordering = ["created"]
        verbose_name = "data set"
        constraints = [
            models.CheckConstraint(condition=Q(state__in=State.values), name="dataset_state_known"),
            models.CheckConstraint(
                condition=Q(owner=None, source=Source.BUILTIN) | Q(owner__isnull=False) & ~Q(source=Source.BUILTIN),
                name="dataset_built_in_has_no_owner",
            ),
            models.UniqueConstraint(
                fields=["dataset", "version"], condition=Q(source=Source.BUILTIN), name="dataset_built_in_once"
            ),
            models.CheckConstraint(condition=Q(received__lte=models.F("size")), name="dataset_received_within_size"),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("dataset", args=[self.id])
