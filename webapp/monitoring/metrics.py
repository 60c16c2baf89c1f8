"""/metrics in Prometheus' text format, for staff or with the token."""

from __future__ import annotations

import hmac
import shutil
from collections.abc import Iterator

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db.models import Count, Min
from django.db.models.functions import Now
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from redis.exceptions import RedisError

from webapp.broker import client
from webapp.studies.models import Event, Reason, State, Study, Worker
from webapp.studies.services.scheduling import runnable

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
Sample = tuple[dict[str, str], float]


@never_cache
@login_not_required
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    if not (request.user.is_active and request.user.is_staff) and not _has_token(request):
        return HttpResponse("for staff, or with Authorization: Bearer AUTOSNN_METRICS_TOKEN\n", status=403)
    return HttpResponse("".join(_lines()), content_type=CONTENT_TYPE)


def _has_token(request: HttpRequest) -> bool:
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    wanted: str = settings.METRICS_TOKEN
    return bool(wanted) and hmac.compare_digest(given.encode(), wanted.encode())


def _lines() -> Iterator[str]:
    yield from _metric("autosnn_studies", "Studies by state.", _by("state", State.values))
    yield from _metric("autosnn_failures", "Failed studies by reason.", _failures())
    yield from _metric("autosnn_runnable_studies", "Studies that may have the next turn.", [({}, len(runnable()))])
    yield from _metric("autosnn_held_leases", "Studies a worker holds now.", [({}, _held())])
    yield from _metric("autosnn_oldest_step_seconds", "Age of the oldest last step of a held study.", _oldest_step())
    yield from _metric("autosnn_workers", "Workers with a recent heartbeat.", [({}, Worker.objects.alive().count())])
    yield from _metric("autosnn_worker_memory_bytes", "Memory a worker holds.", _memory())
    yield from _metric("autosnn_events_total", "Events stored.", [({}, Event.objects.count())], "counter")
    yield from _metric("autosnn_disk_free_bytes", "Free disk space for studies' files.", [({}, _free())])
    yield from _metric("autosnn_broker_wakeups", "Wake-ups that wait in the broker.", _wakeups())


def _metric(name: str, about: str, samples: list[Sample], kind: str = "gauge") -> Iterator[str]:
    yield f"# HELP {name} {about}\n# TYPE {name} {kind}\n"
    for labels, value in samples:
        inside = ",".join(f'{key}="{_escaped(text)}"' for key, text in labels.items())
        yield f"{name}{{{inside}}} {value:.17g}\n" if inside else f"{name} {value:.17g}\n"


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


def _by(field: str, values: list[str]) -> list[Sample]:
    counts = dict(Study.objects.filter(deleted=None).values_list(field).annotate(n=Count("id")).order_by())
    return [({field: value}, counts.get(value, 0)) for value in values]


def _failures() -> list[Sample]:
    failed = Study.objects.filter(state=State.FAILED, deleted=None)
    counts = dict(failed.values_list("reason_code").annotate(n=Count("id")).order_by())
    return [({"reason": code}, counts.get(code, 0)) for code in Reason.values if code]


def _held() -> int:
    return Study.objects.filter(state=State.RUNNING, expires__gt=Now()).count()


def _oldest_step() -> list[Sample]:
    held = Study.objects.filter(state=State.RUNNING, expires__gt=Now()).exclude(stepped=None)
    oldest = held.aggregate(oldest=Min("stepped"))["oldest"]
    return [({}, (timezone.now() - oldest).total_seconds() if oldest else 0.0)]


def _memory() -> list[Sample]:
    alive = Worker.objects.alive().exclude(memory=None)
    return [({"worker": name}, float(memory or 0)) for name, memory in alive.values_list("name", "memory")]


def _free() -> float:
    settings.STUDIES_ROOT.mkdir(exist_ok=True)
    return float(shutil.disk_usage(settings.STUDIES_ROOT).free)


def _wakeups() -> list[Sample]:
    try:
        return [({}, client.queue_length())]
    except (RedisError, OSError):
        return []
