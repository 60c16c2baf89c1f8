"""The numbers of the documentation page "Durability": current settings, and results of `tests.chaos`."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from django.conf import settings

from webapp.studies.consumer import MAX_SOCKETS
from webapp.studies.models import Reason

MEASURED = settings.BASE_DIR / "docs" / "measured" / "chaos.json"


def durability_numbers() -> dict[str, Any]:
    return {
        "lease_seconds": settings.LEASE_SECONDS,
        "slice_seconds": round(settings.SLICE_SECONDS),
        "give_up_seconds": round(settings.GIVE_UP_SECONDS),
        "stall_seconds": settings.STALL_SECONDS,
        "force_seconds": round(settings.FORCE_SECONDS),
        "undo_seconds": settings.UNDO_SECONDS,
        "attempts": settings.MAX_ATTEMPTS_WITHOUT_PROGRESS,
        "quota": settings.RUNNING_QUOTA,
        "unfinished": settings.UNFINISHED_QUOTA,
        "sockets": MAX_SOCKETS,
        "kept_checkpoints": settings.KEPT_CHECKPOINTS,
        "reasons": [code for code in Reason.values if code],
        "chaos": _measured(),
    }


@cache
def _measured() -> dict[str, Any] | None:
    """The stored report of `tests.chaos`; None where there is none."""
    if not MEASURED.is_file():
        return None
    report: dict[str, Any] = json.loads(MEASURED.read_text())
    return report | {"rows": list(report["rows"].values())}
