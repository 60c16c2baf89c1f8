"""Times by the database's clock, which decides about leases."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db.models import Value
from django.db.models.functions import Now


def seconds_from_now(seconds: float) -> Any:
    """An expression for queries and updates; negative seconds lie in the past."""
    return Now() + Value(timedelta(seconds=seconds))


def lease_end() -> Any:
    return seconds_from_now(settings.LEASE_SECONDS)
