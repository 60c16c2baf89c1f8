"""The jobs panel for staff: studies with their actions, workers, events, candidates, checkpoints."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import admin, messages
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.forms import Script
from django.http import HttpRequest, JsonResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from engine.errors import ConfigError
from webapp import logs
from webapp.http.durations import in_words
from webapp.http.errors import InvalidTransition
from webapp.http.read_only_admin import ReadOnly
from webapp.studies import services
from webapp.studies.models import Candidate, Checkpoint, Event, State, Study, Worker
from webapp.studies.services.actions import ACTIONS
from webapp.studies.services.scheduling import Queue
from webapp.workers.process import host_and_pid

admin.site.site_header = "AutoSNN Studio: jobs"
admin.site.site_title = "AutoSNN Studio jobs"
admin.site.index_title = "Jobs panel"
admin.site.enable_nav_sidebar = False  # the table of studies needs the width
REASON_LENGTH = 80
BEST = ("generation", "generations", "best_architecture", "best_accuracy_shown", "best_spikes_shown", "best_tag")


def _age(value: Any) -> str:
    """The time since then, in words."""
    if value is None:
        return "–"
    seconds = (timezone.now() - value).total_seconds()
    return f"{in_words(seconds)} ago" if seconds >= 0 else f"in {in_words(-seconds)}"


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{100 * share:.1f} %"


def _exact(number: float | None) -> str:
    """1234.5 → "1,234.5": two decimals at most, as on the pages."""
    return "–" if number is None else f"{number:,.2f}".rstrip("0").rstrip(".")


def _column(field: str, words: Callable[[Any], str]) -> Callable[[admin.ModelAdmin[Any], Any], str]:
    """A column or line of a panel: the field formatted, still sorted by its value."""

    @admin.display(description=field.replace("_", " "), ordering=field)
    def shown(panel: admin.ModelAdmin[Any], row: Any) -> str:
        return words(getattr(row, field))

    return shown


class InBin(admin.SimpleListFilter):
    """Studies that were deleted and can still be restored."""

    title = "bin"
    parameter_name = "bin"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("1", "deleted, can be restored")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Study]) -> QuerySet[Study]:
        return queryset.filter(deleted__isnull=self.value() != "1")


@admin.register(Study)
class StudyAdmin(ReadOnly):
    list_display = (
        "name", "state", "phase", "bar", "left", "waits", "priority", "owner", "worker", "lease",
        "attempts", "last_error", "created", "page",
    )  # fmt: skip
    list_filter = ("state", "phase", "reason_code", "priority", "archived", InBin, "owner", "created")
    search_fields = ("name", "id__startswith", "owner__username", "reason", "config_digest__startswith")
    list_select_related = ("owner",)
    date_hierarchy = "created"
    actions = (
        "pause", "resume", "stop", "stop_and_retrain", "cancel", "retry", "fork", "priority_high", "priority_normal",
        "priority_low", "archive", "restore", "delete", "undelete",
    )  # fmt: skip
    fieldsets = (
        (None, {"fields": ("page", "name", "owner", "state", "phase", "bar", "left", "waits", "request", "ending")}),
        ("Reason", {"fields": ("reason_code", "reason")}),
        ("Best so far", {"fields": BEST}),
        ("Lease", {"fields": ("worker", "lease", "fence", "attempts_since_progress", "stepped")}),
        ("Turns", {"fields": ("priority", "turns", "not_before")}),
        ("Times", {"fields": ("created", "started", "finished", "computed")}),
        ("History", {"fields": ("last_seq", "facts", "source")}),
        ("Log", {"fields": ("log_tail",)}),
        ("Config", {"classes": ("collapse",), "fields": ("config_digest", "pretty_config")}),
    )  # fmt: skip

    class Media:
        js = (Script("admin/log.js", type="module"),)

    def get_urls(self) -> list[Any]:
        tail = path("<uuid:study_id>/log", self.admin_site.admin_view(self.log_lines), name="studies_study_log")
        return [tail, *super().get_urls()]

    def log_lines(self, request: HttpRequest, study_id: UUID) -> JsonResponse:
        """The last lines of the log, for the page that follows it."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        return JsonResponse({"text": "\n".join(logs.tail(study_id))})

    def get_changelist_instance(self, request: HttpRequest) -> ChangeList:
        """Read the queue once for all rows."""
        found = super().get_changelist_instance(request)
        queue = Queue()
        found.result_list = list(found.result_list)
        for study in found.result_list:
            study.queue = queue
        return found

    @admin.display(description="progress", ordering="progress")
    def bar(self, study: Study) -> SafeString:
        percent = round(100 * study.progress)
        return format_html('<progress max="100" value="{}">{} %</progress> {} %', percent, percent, percent)

    @admin.display(description="time left", ordering="seconds_left")
    def left(self, study: Study) -> str:
        if study.state != State.RUNNING or study.seconds_left is None:
            return "–"
        return f"about {in_words(study.seconds_left)}"

    @admin.display(description="computed for")
    def computed(self, study: Study) -> str:
        return in_words(study.compute_seconds)

    best_accuracy_shown = _column("best_accuracy", _percent)
    best_spikes_shown = _column("best_spikes", _exact)

    @admin.display(description="waits")
    def waits(self, study: Study) -> str:
        place = (getattr(study, "queue", None) or Queue()).place(study)
        if place is None:
            return "–"
        return place.why if place.position is None else f"{place.position}. {place.why}"

    @admin.display(description="worker", ordering="last_holder")
    def worker(self, study: Study) -> SafeString | str:
        host, pid = host_and_pid(study.holder or study.last_holder)
        if not host:
            return "–"
        when = "" if study.holder else "last: "
        where = f"{reverse('admin:studies_worker_changelist')}?q={host}"
        return format_html('{}<a href="{}">{}, pid {}</a>', when, where, host, pid)

    @admin.display(description="lease", ordering="expires")
    def lease(self, study: Study) -> str:
        if study.expires is None:
            return "–"
        if not study.holder:
            return f"free, turn ended {_age(study.expires)}"
        renewed = study.expires - timedelta(seconds=settings.LEASE_SECONDS)
        return f"renewed {_age(renewed)}, ends {_age(study.expires)}"

    @admin.display(description="attempts", ordering="attempts_since_progress")
    def attempts(self, study: Study) -> int:
        """Attempts since the last stored step; more than MAX_ATTEMPTS_WITHOUT_PROGRESS fail the study."""
        return study.attempts_since_progress

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

    @admin.display(description="forked from")
    def source(self, study: Study) -> SafeString | str:
        if study.forked_from_id is None:
            return "–"
        where = reverse("admin:studies_study_change", args=[study.forked_from_id])
        return format_html('<a href="{}">{}</a> at generation {}', where, study.forked_from, study.forked_at or 0)

    @admin.display(description="last lines")
    def log_tail(self, study: Study) -> SafeString:
        text = "\n".join(logs.tail(study.pk)) or "nothing logged yet"
        where = reverse("admin:studies_study_log", args=[study.pk])
        return format_html('<pre data-log="{}" tabindex="0">{}</pre>', where, text)

    @admin.display(description="config")
    def pretty_config(self, study: Study) -> SafeString:
        return format_html("<pre>{}</pre>", json.dumps(study.config, indent=2))

    def has_act_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("studies.change_study")

    @admin.action(description="Pause", permissions=["act"])
    def pause(self, request: HttpRequest, chosen: QuerySet[Study]) -> None:
        self._each(request, chosen, "pause")

    @admin.action(description="Resume", permissions=["act"])
    def resume(self, request: HttpRequest, chosen: QuerySet[Study]) -> None:
        self._each(request, chosen, "resume")

    @admin.action(description="Stop after this generation, keep the results", permissions=["act"])
    def stop(self, request: HttpRequest, chosen: QuerySet[Study]) -> None:
        self._each(request, chosen, "stop")

    @admin.action(description="Stop after this generation, retrain the winner", permissions=["act"])
    def stop_and_retrain(self, request: HttpRequest, chosen: QuerySet[Study]) -> None:
        self._each(request, chosen, "stop", retrain=True)

    @admin.action(description="Cancel", permissions=["act"])
    def cancel(self, request: HttpRequest, chosen: QuerySet[Study]) -> None:
        self._each(request, chosen, "cancel")

    @admin.action(description="Retry from the last stored step", permissions=["act"])
    def retry(self, request: HttpRequest, chosen: QuerySet[Study]) -> None:
        self._each(request, chosen, "retry")

    @admin.action(description="Priority: high", permissions=["act"])
    def priority_high(self, request: HttpRequest, chosen: QuerySet[Study]) -> None:
        self._each(request, chosen, "priority", priority="high")

    @admin.action(description="Priority: normal", permissions=["act"])
    def priority_normal(self, request: HttpRequest, chosen: QuerySet[Study]) -> None:
        self._each(request, chosen, "priority", priority="normal")

    @admin.action(description="Priority: low", permissions=["act"])
    def priority_low(self, request: HttpRequest, chosen: QuerySet[Study]) -> None:
        self._each(request, chosen, "priority", priority="low")

    @admin.action(description="Archive", permissions=["act"])
    def archive(self, request: HttpRequest, chosen: QuerySet[Study]) -> None:
        self._each(request, chosen, "archive")

    @admin.action(description="Restore from the archive", permissions=["act"])
    def restore(self, request: HttpRequest, chosen: QuerySet[Study]) -> None:
        self._each(request, chosen, "restore")

    @admin.action(description="Delete (can be undone for a minute)", permissions=["act"])
    def delete(self, request: HttpRequest, chosen: QuerySet[Study]) -> None:
        self._each(request, chosen, "delete")

    @admin.action(description="Take out of the bin", permissions=["act"])
    def undelete(self, request: HttpRequest, chosen: QuerySet[Study]) -> None:
        self._each(request, chosen, "undelete")

    @admin.action(description="Fork at its last generation", permissions=["act"])
    def fork(self, request: HttpRequest, chosen: QuerySet[Study]) -> None:
        for study in chosen:
            self._try(request, study, "fork", lambda one: services.fork(one.owner, one, None, {}))

    def _each(self, request: HttpRequest, chosen: QuerySet[Study], action: str, **options: Any) -> None:
        for study in chosen:
            self._try(request, study, action, lambda one: ACTIONS[action](one.pk, options))

    def _try(self, request: HttpRequest, study: Study, action: str, act: Callable[[Study], object]) -> None:
        try:
            act(study)
        except (InvalidTransition, ConfigError) as problem:
            self.message_user(request, f"{study.name}: {problem} (it is {study.state})", messages.WARNING)
        else:
            self.message_user(request, f"{study.name}: {action} accepted", messages.SUCCESS)


@admin.register(Worker)
class WorkerAdmin(ReadOnly):
    list_display = ("name", "alive", "beat", "at_work_on", "used", "device", "speed", "host", "pid", "started")
    list_filter = ("host", "device")
    search_fields = ("name", "host", "study__name")
    list_select_related = ("study",)

    @admin.display(description="alive", boolean=True)
    def alive(self, worker: Worker) -> bool:
        return timezone.now() - worker.heartbeat < timedelta(seconds=settings.WORKER_SILENT_SECONDS)

    @admin.display(description="heartbeat", ordering="heartbeat")
    def beat(self, worker: Worker) -> str:
        return _age(worker.heartbeat)

    @admin.display(description="study", ordering="study")
    def at_work_on(self, worker: Worker) -> SafeString | str:
        if worker.study is None:
            return "–"
        where = reverse("admin:studies_study_change", args=[worker.study.pk])
        return format_html('<a href="{}">{}</a>', where, worker.study)

    @admin.display(description="memory", ordering="memory")
    def used(self, worker: Worker) -> str:
        return f"{worker.memory / 1e9:.2f} GB" if worker.memory else "–"

    @admin.display(description="billion MAC/s", ordering="macs_per_second")
    def speed(self, worker: Worker) -> str:
        return f"{worker.macs_per_second / 1e9:.1f}" if worker.macs_per_second else "not measured"


class OfStudy(ReadOnly):
    """A table of rows that belong to a study."""

    list_filter = (("study", admin.RelatedOnlyFieldListFilter),)
    list_select_related = ("study",)


@admin.register(Event)
class EventAdmin(OfStudy):
    list_display = ("study", "seq", "kind", "time")
    search_fields = ("kind",)


@admin.register(Candidate)
class CandidateAdmin(OfStudy):
    list_display = (
        "study", "number", "generation", "architecture", "accuracy_shown", "spikes_shown", "fitness_shown", "origin",
    )  # fmt: skip
    exclude = ("spike_map",)
    search_fields = ("architecture",)

    accuracy_shown = _column("accuracy", _percent)
    spikes_shown = _column("spikes", _exact)
    fitness_shown = _column("fitness", "{:.4f}".format)


@admin.register(Checkpoint)
class CheckpointAdmin(OfStudy):
    list_display = ("study", "step", "attempt", "path", "size", "created")
