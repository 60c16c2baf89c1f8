"""The jobs panel: studies with their actions, workers, and what happened, for staff."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from webapp import logs
from webapp.problems import NotNow
from webapp.studies import services
from webapp.studies.models import Candidate, Checkpoint, Event, Study, Worker

admin.site.site_header = "AutoSNN Studio: jobs"
admin.site.site_title = "AutoSNN Studio jobs"
admin.site.index_title = "Jobs panel"
REASON_LENGTH = 80


class ReadOnly(admin.ModelAdmin):  # type: ignore[type-arg]  # not subscriptable at run time
    """Facts are looked at here, not edited: every write goes through services."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


def _age(value: Any) -> str:
    """How long ago, in whole seconds; the admin page is a snapshot."""
    if value is None:
        return "–"
    seconds = (timezone.now() - value).total_seconds()
    past = timedelta(seconds=int(abs(seconds)))
    return f"{past} ago" if seconds >= 0 else f"in {past}"


@admin.register(Study)
class StudyAdmin(ReadOnly):
    list_display = (
        "name", "state", "phase", "bar", "owner", "worker", "lease", "created", "started", "finished",
        "last_error", "page",
    )  # fmt: skip
    list_filter = ("state", "phase", "owner", "created")
    search_fields = ("name", "id__startswith", "owner__username", "reason", "config_digest__startswith")
    list_select_related = ("owner",)
    date_hierarchy = "created"
    actions = ("pause", "resume", "cancel", "retry")
    fieldsets = (
        (None, {"fields": ("page", "name", "owner", "state", "phase", "bar", "request", "reason")}),
        ("Best so far", {"fields": ("generation", "generations", "best_architecture", "best_accuracy", "best_spikes")}),
        ("Lease", {"fields": ("worker", "lease", "fence", "attempts_since_progress")}),
        ("Times", {"fields": ("created", "started", "finished", "compute_seconds")}),
        ("History", {"fields": ("last_seq", "facts")}),
        ("Log", {"fields": ("log_tail",)}),
        ("Config", {"classes": ("collapse",), "fields": ("config_digest", "pretty_config")}),
    )  # fmt: skip

    @admin.display(description="progress", ordering="progress")
    def bar(self, study: Study) -> SafeString:
        percent = round(100 * study.progress)
        return format_html('<progress max="100" value="{}">{} %</progress> {} %', percent, percent, percent)

    @admin.display(description="worker", ordering="last_holder")
    def worker(self, study: Study) -> str:
        host, _, rest = (study.holder or study.last_holder).partition("/")
        when = "" if study.holder else "last: "
        return f"{when}{host}, pid {rest.partition('/')[0]}" if host else "–"

    @admin.display(description="lease ends", ordering="expires")
    def lease(self, study: Study) -> str:
        return _age(study.expires)

    @admin.display(description="last error")
    def last_error(self, study: Study) -> str:
        return study.reason if len(study.reason) <= REASON_LENGTH else study.reason[:REASON_LENGTH] + "…"

    @admin.display(description="page")
    def page(self, study: Study) -> SafeString:
        return format_html('<a href="{}">open</a>', study.get_absolute_url())

    @admin.display(description="details")
    def facts(self, study: Study) -> SafeString:
        kinds = (("events", "event"), ("candidates", "candidate"), ("checkpoints", "checkpoint"))
        links = ((reverse(f"admin:studies_{model}_changelist"), study.pk, name) for name, model in kinds)
        return format_html_join(" · ", '<a href="{}?study__id__exact={}">{}</a>', links)

    @admin.display(description="last lines")
    def log_tail(self, study: Study) -> SafeString:
        return format_html("<pre>{}</pre>", "\n".join(logs.tail(study.pk)) or "nothing logged yet")

    @admin.display(description="config")
    def pretty_config(self, study: Study) -> SafeString:
        return format_html("<pre>{}</pre>", json.dumps(study.config, indent=2))

    def has_act_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("studies.change_study")

    @admin.action(description="Pause", permissions=["act"])
    def pause(self, request: HttpRequest, chosen: QuerySet[Study]) -> None:
        self._each(request, chosen, services.pause, "pause")

    @admin.action(description="Resume", permissions=["act"])
    def resume(self, request: HttpRequest, chosen: QuerySet[Study]) -> None:
        self._each(request, chosen, services.resume, "resume")

    @admin.action(description="Cancel", permissions=["act"])
    def cancel(self, request: HttpRequest, chosen: QuerySet[Study]) -> None:
        self._each(request, chosen, services.cancel, "cancel")

    @admin.action(description="Retry", permissions=["act"])
    def retry(self, request: HttpRequest, chosen: QuerySet[Study]) -> None:
        self._each(request, chosen, services.retry, "retry")

    def _each(
        self, request: HttpRequest, chosen: QuerySet[Study], transition: Callable[[UUID], None], verb: str
    ) -> None:
        for study in chosen:
            try:
                transition(study.pk)
            except NotNow as problem:
                self.message_user(request, f"{study.name}: {problem} (it is {study.state})", messages.WARNING)
            else:
                self.message_user(request, f"{study.name}: {verb} accepted", messages.SUCCESS)


@admin.register(Worker)
class WorkerAdmin(ReadOnly):
    list_display = ("name", "beat", "study", "device", "speed", "host", "pid", "started")
    list_select_related = ("study",)

    @admin.display(description="heartbeat", ordering="heartbeat")
    def beat(self, worker: Worker) -> str:
        return _age(worker.heartbeat)

    @admin.display(description="billion MAC/s", ordering="macs_per_second")
    def speed(self, worker: Worker) -> str:
        return f"{worker.macs_per_second / 1e9:.1f}" if worker.macs_per_second else "not measured"


class OfStudy(ReadOnly):
    """A row of a study's history."""

    list_filter = (("study", admin.RelatedOnlyFieldListFilter),)
    list_select_related = ("study",)


@admin.register(Event)
class EventAdmin(OfStudy):
    list_display = ("study", "seq", "kind", "time")
    search_fields = ("kind",)


@admin.register(Candidate)
class CandidateAdmin(OfStudy):
    list_display = ("study", "number", "generation", "architecture", "accuracy", "spikes", "fitness", "origin")
    exclude = ("spike_map",)
    search_fields = ("architecture",)


@admin.register(Checkpoint)
class CheckpointAdmin(OfStudy):
    list_display = ("study", "step", "attempt", "path", "size", "created")
