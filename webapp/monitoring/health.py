"""/healthz tells which parts are alive. /readyz tells whether this web server can take requests."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from redis.exceptions import RedisError

from webapp.broker import client
from webapp.studies.models import Worker


@never_cache
@login_not_required
@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    return _report({"database": _database, "broker": _broker, "worker": _worker})


@never_cache
@login_not_required
@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """Broker and worker do not count: without them pages still answer and studies only wait."""
    return _report({"database": _database, "migrations": _migrations})


def _report(checks: dict[str, Callable[[], str]]) -> JsonResponse:
    report = {"web": "ok"} | {part: check() for part, check in checks.items()}
    return JsonResponse(report, status=200 if set(report.values()) == {"ok"} else 503)


def _database() -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError as error:
        return f"not answering: {type(error).__name__}"
    return "ok"


def _migrations() -> str:
    try:
        executor = MigrationExecutor(connection)
        left = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    except DatabaseError:
        return "unknown: the database is not answering"
    return f"{left} not applied yet" if left else "ok"


def _broker() -> str:
    try:
        client.ping()
    except (RedisError, OSError) as error:
        return f"not answering: {type(error).__name__}"
    return "ok"


def _worker() -> str:
    try:
        if Worker.objects.alive().exists():
            return "ok"
        if Worker.objects.exists():
            return f"no heartbeat for {settings.WORKER_SILENT_SECONDS} s"
        return "none has started yet"
    except DatabaseError:
        return "unknown: the database is not answering"
