"""Studies, what happened in them, and the workers that run them."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser, User
from django.db import models
from django.db.models import Q, Value
from django.db.models.functions import Now
from django.urls import reverse


class State(models.TextChoices):
    DRAFT = "draft", "draft"
    QUEUED = "queued", "queued"
    RUNNING = "running", "running"
    PAUSED = "paused", "paused"
    SUCCEEDED = "succeeded", "succeeded"
    FAILED = "failed", "failed"
    CANCELLED = "cancelled", "cancelled"


class Phase(models.TextChoices):
    NONE = "", "not started"
    SUPERNET = "supernet", "supernet"
    SEARCH = "search", "search"
    RETRAIN = "retrain", "retrain"
    ANALYSIS = "analysis", "analysis"
    DONE = "done", "done"


class Request(models.TextChoices):
    """What a user asks of a study that a worker holds; the worker obeys and clears it."""

    NONE = "", "nothing"
    PAUSE = "pause", "pause"
    CANCEL = "cancel", "cancel"


TERMINAL = (State.SUCCEEDED, State.FAILED, State.CANCELLED)


class StudyQuerySet(models.QuerySet["Study"]):
    def for_user(self, user: User | AnonymousUser) -> StudyQuerySet:
        """The studies this user may see: their own; staff see all. The only way a view gets at studies."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        return self.all() if user.is_staff else self.filter(owner=user)


class Study(models.Model):
    """One search, from config to winner. Only webapp.studies.services writes it.

    The lease is `holder`, `expires` and `fence`: who may commit, until when, and the number that shuts out everyone
    who held it earlier. A running study between two slices has an expired lease and no holder.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="studies")
    name = models.CharField(max_length=120)
    config: models.JSONField[Any, Any] = models.JSONField()
    config_digest = models.CharField(max_length=64)
    seed = models.BigIntegerField()
    repeat = models.UUIDField(null=True, blank=True, db_index=True)
    space_size = models.TextField(default="0")
    datasets = models.ManyToManyField("datasets.Dataset", related_name="studies", blank=True)

    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    phase = models.CharField(max_length=10, choices=Phase.choices, default=Phase.NONE, blank=True)
    reason = models.TextField(blank=True)
    request = models.CharField(max_length=10, choices=Request.choices, default=Request.NONE, blank=True)

    holder = models.CharField(max_length=200, blank=True)
    last_holder = models.CharField(max_length=200, blank=True)
    expires = models.DateTimeField(null=True, blank=True)
    fence = models.BigIntegerField(default=0)
    attempts_since_progress = models.IntegerField(default=0)

    last_seq = models.BigIntegerField(default=0)
    progress = models.FloatField(default=0)
    seconds_left = models.FloatField(null=True, blank=True)
    generation = models.IntegerField(default=0)
    generations = models.IntegerField(default=0)
    best_architecture = models.TextField(blank=True)
    best_accuracy = models.FloatField(null=True, blank=True)
    best_spikes = models.FloatField(null=True, blank=True)
    best_tag = models.CharField(max_length=40, blank=True)
    compute_seconds = models.FloatField(default=0)

    created = models.DateTimeField(auto_now_add=True)
    started = models.DateTimeField(null=True, blank=True)
    finished = models.DateTimeField(null=True, blank=True)
    archived = models.BooleanField(default=False)

    objects = StudyQuerySet.as_manager()

    class Meta:
        ordering = ["-created"]
        verbose_name_plural = "studies"
        indexes = [models.Index(fields=["state", "expires"]), models.Index(fields=["owner", "-created"])]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=State.values), name="study_state_known"),
            models.CheckConstraint(condition=Q(phase__in=Phase.values), name="study_phase_known"),
            models.CheckConstraint(
                condition=Q(state=State.RUNNING, expires__isnull=False) | ~Q(state=State.RUNNING) & Q(expires=None),
                name="study_running_has_lease",
            ),
            models.CheckConstraint(
                condition=Q(state__in=TERMINAL, finished__isnull=False) | ~Q(state__in=TERMINAL) & Q(finished=None),
                name="study_terminal_is_finished",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("study", args=[self.id])


class Event(models.Model):
    """One durable fact of a study, numbered from 1 without gaps."""

    study = models.ForeignKey(Study, on_delete=models.CASCADE, related_name="events")
    seq = models.BigIntegerField()
    kind = models.CharField(max_length=40)
    payload: models.JSONField[Any, Any] = models.JSONField()
    time = models.DateTimeField()

    class Meta:
        ordering = ["study", "seq"]
        constraints = [models.UniqueConstraint(fields=["study", "seq"], name="event_seq_once")]

    def __str__(self) -> str:
        return f"{self.seq} {self.kind}"


class Candidate(models.Model):
    """One architecture that was judged, with its spike map as little-endian float32 [rows, T]."""

    study = models.ForeignKey(Study, on_delete=models.CASCADE, related_name="candidates")
    number = models.IntegerField()
    generation = models.IntegerField()
    architecture = models.TextField()
    accuracy = models.FloatField()
    spikes = models.FloatField()
    firing_rate = models.FloatField()
    fitness = models.FloatField()
    parameters = models.BigIntegerField()
    origin = models.CharField(max_length=20)
    parents: models.JSONField[Any, Any] = models.JSONField(default=list)
    changed: models.JSONField[Any, Any] = models.JSONField(default=list)
    spike_map = models.BinaryField()

    class Meta:
        ordering = ["study", "number"]
        constraints = [models.UniqueConstraint(fields=["study", "number"], name="candidate_number_once")]

    def __str__(self) -> str:
        return f"{self.number} {self.architecture}"


class Checkpoint(models.Model):
    """A file a study can go on from. `events` counts the engine's events stored up to it."""

    study = models.ForeignKey(Study, on_delete=models.CASCADE, related_name="checkpoints")
    step = models.IntegerField()
    attempt = models.BigIntegerField()
    path = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    size = models.BigIntegerField()
    events = models.BigIntegerField()
    created = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["study", "step"]
        constraints = [models.UniqueConstraint(fields=["study", "step"], name="checkpoint_step_once")]

    def __str__(self) -> str:
        return f"step {self.step}"


class WorkerQuerySet(models.QuerySet["Worker"]):
    def alive(self) -> WorkerQuerySet:
        """Those whose heartbeat is recent by the database's clock."""
        return self.filter(heartbeat__gt=Now() - Value(timedelta(seconds=settings.WORKER_SILENT_SECONDS)))

    def speed(self) -> float | None:
        """Measured multiply-accumulates a second of the fastest living worker; None where none was measured."""
        fastest: float | None = self.alive().aggregate(fastest=models.Max("macs_per_second"))["fastest"]
        return fastest


class Worker(models.Model):
    """A Celery worker as its own heartbeat reports it."""

    name = models.CharField(max_length=200, unique=True)
    host = models.CharField(max_length=200)
    pid = models.IntegerField()
    device = models.CharField(max_length=60, blank=True)
    macs_per_second = models.FloatField(null=True, blank=True)
    study = models.ForeignKey(Study, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    started = models.DateTimeField()
    heartbeat = models.DateTimeField()

    objects = WorkerQuerySet.as_manager()

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name
