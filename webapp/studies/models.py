"""Models: studies, their events, candidates, checkpoints and launches, and the workers."""

from __future__ import annotations

import uuid
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser, User
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.urls import reverse

from webapp.clock import seconds_from_now


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
    """A user's request to the worker that holds the study; the worker applies and clears it."""

    NONE = "", "nothing"
    PAUSE = "pause", "pause"
    CANCEL = "cancel", "cancel"


class Ending(models.TextChoices):
    """What follows the current generation when a user stops the search early."""

    NONE = "", "search to the end"
    RESULT = "result", "keep what was found"
    RETRAIN = "retrain", "retrain the winner"


class Reason(models.TextChoices):
    """The reason of a study's state as a code; `Study.reason` says it in words."""

    NONE = "", "none"
    DIVERGED = "diverged", "diverged"
    OUT_OF_MEMORY = "out_of_memory", "out of memory"
    OUT_OF_DISK = "out_of_disk", "out of disk"
    POISON = "poison", "no progress"
    STALLED = "stalled", "stalled"
    DATA_GONE = "data_gone", "data set gone or unreadable"
    DATA_CHANGED = "data_changed", "data set changed"
    CHECKPOINT = "checkpoint", "checkpoints damaged"
    CONFIG = "config", "config refused"
    STOPPED = "stopped", "stopped early"
    UNEXPECTED = "unexpected", "unexpected"


class Priority(models.IntegerChoices):
    LOW = -1, "low"
    NORMAL = 0, "normal"
    HIGH = 1, "high"


TERMINAL = (State.SUCCEEDED, State.FAILED, State.CANCELLED)


class StudyQuerySet(models.QuerySet["Study"]):
    def for_user(self, user: User | AnonymousUser) -> StudyQuerySet:
        """The studies this user may see: their own; staff see all. Every view reads studies through this."""
        return self._of(user).filter(deleted=None)

    def deleted_by(self, user: User | AnonymousUser) -> StudyQuerySet:
        """The studies that this user may still take out of the bin."""
        return self._of(user).exclude(deleted=None)

    def claimable(self) -> StudyQuerySet:
        """Queued, or running without a living holder; without a request, and past `not_before`."""
        free = Q(state=State.QUEUED) | Q(state=State.RUNNING, expires__lte=Now())
        return self.filter(free & (Q(not_before=None) | Q(not_before__lte=Now())), request=Request.NONE)

    def _of(self, user: User | AnonymousUser) -> StudyQuerySet:
        if not user.is_authenticated or not user.is_active:
            return self.none()
        return self.all() if user.is_staff else self.filter(owner=user)


class Study(models.Model):
    """One search, from config to winner. Only webapp.studies.services writes it.

    The lease is `holder`, `expires` and `fence`: who may commit, until when, and the number that rejects the writes of
    every earlier holder. A running study between two turns has an expired lease and no holder.
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
    reason_code = models.CharField(max_length=20, choices=Reason.choices, default=Reason.NONE, blank=True)
    request = models.CharField(max_length=10, choices=Request.choices, default=Request.NONE, blank=True)
    requested = models.DateTimeField(null=True, blank=True)
    ending = models.CharField(max_length=10, choices=Ending.choices, default=Ending.NONE, blank=True)

    priority = models.SmallIntegerField(choices=Priority.choices, default=Priority.NORMAL)
    turns = models.FloatField(default=0, help_text="seconds of turns had, divided by the weight; the least goes next")
    not_before = models.DateTimeField(null=True, blank=True)

    holder = models.CharField(max_length=200, blank=True)
    last_holder = models.CharField(max_length=200, blank=True)
    expires = models.DateTimeField(null=True, blank=True)
    fence = models.BigIntegerField(default=0)
    attempts_since_progress = models.IntegerField(default=0)
    stepped = models.DateTimeField(null=True, blank=True, help_text="when the last step was stored")

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
    deleted = models.DateTimeField(null=True, blank=True)
    forked_from = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, blank=True, related_name="forks")
    forked_at = models.IntegerField(null=True, blank=True)

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
            models.CheckConstraint(condition=Q(request__in=Request.values), name="study_request_known"),
            models.CheckConstraint(
                condition=Q(request=Request.NONE) | Q(state=State.RUNNING), name="study_request_is_of_a_running_one"
            ),
            models.CheckConstraint(condition=Q(ending__in=Ending.values), name="study_ending_known"),
            models.CheckConstraint(condition=Q(priority__in=Priority.values), name="study_priority_known"),
            models.CheckConstraint(
                condition=Q(deleted=None) | ~Q(state__in=(State.QUEUED, State.RUNNING)), name="study_deleted_is_idle"
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
    """One evaluated architecture, with its spike map as little-endian float32 [rows, T]."""

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
    """A file a study can resume from. `events` counts the engine's events stored up to it."""

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


class Launch(models.Model):
    """A launch with an Idempotency-Key, and the first study it created. Repeated, it creates no other."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=255)
    request_sha256 = models.CharField(max_length=64)
    study = models.ForeignKey(Study, on_delete=models.CASCADE, related_name="+")
    made = models.DateTimeField(db_default=Now(), db_index=True)

    class Meta:
        ordering = ["made"]
        verbose_name_plural = "launches"
        constraints = [models.UniqueConstraint(fields=["owner", "key"], name="launch_key_once")]

    def __str__(self) -> str:
        return self.key


class WorkerQuerySet(models.QuerySet["Worker"]):
    def alive(self) -> WorkerQuerySet:
        """Workers with a recent heartbeat by the database's clock."""
        return self.filter(heartbeat__gt=seconds_from_now(-settings.WORKER_SILENT_SECONDS))

    def long_gone(self) -> WorkerQuerySet:
        """Workers without a heartbeat for WORKER_KEPT_DAYS."""
        return self.filter(heartbeat__lt=seconds_from_now(-86_400 * settings.WORKER_KEPT_DAYS))

    def speed(self) -> float | None:
        """Measured multiply-accumulates per second of the fastest living worker; None where none was measured."""
        fastest: float | None = self.alive().aggregate(fastest=models.Max("macs_per_second"))["fastest"]
        return fastest


class Worker(models.Model):
    """A Celery worker as its heartbeat reports it."""

    name = models.CharField(max_length=200, unique=True)
    host = models.CharField(max_length=200)
    pid = models.IntegerField()
    device = models.CharField(max_length=60, blank=True)
    macs_per_second = models.FloatField(null=True, blank=True)
    memory = models.BigIntegerField(null=True, blank=True, help_text="bytes resident, its pool processes included")
    oom_kills = models.BigIntegerField(null=True, blank=True, help_text="processes the kernel killed, as last read")
    study = models.ForeignKey(Study, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    started = models.DateTimeField()
    heartbeat = models.DateTimeField()

    objects = WorkerQuerySet.as_manager()

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name
