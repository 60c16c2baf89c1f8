"""The JSON form of inspections, for the API and the page."""

from __future__ import annotations

from bisect import bisect_left
from datetime import datetime
from functools import cached_property
from typing import Any

from django.urls import reverse

from engine.inspection.request import NO_SAMPLE
from webapp.inspections.models import Inspection, State


class Queue:
    """The running and waiting inspections of the whole server, read lazily and once."""

    def ahead(self, found: Inspection) -> int:
        """The number of inspections before this one."""
        return self._running + bisect_left(self._asked, found.asked)

    @cached_property
    def _running(self) -> int:
        return Inspection.objects.filter(state=State.RUNNING).count()

    @cached_property
    def _asked(self) -> list[datetime]:
        return list(Inspection.objects.filter(state=State.WAITING).order_by("asked").values_list("asked", flat=True))


def wire(found: Inspection, queue: Queue | None = None) -> dict[str, Any]:
    """`ahead` counts the inspections before this one, None once it runs. A list passes the queue it has read once."""
    address = reverse("api-inspection-data", args=[found.study_id, found.id])
    return {
        "id": str(found.id),
        "kind": found.kind,
        "architecture": found.architecture,
        "weights": found.weights,
        "split": found.split,
        "sample": None if found.sample == NO_SAMPLE else found.sample,
        "state": found.state,
        "reason": found.reason,
        "result": found.result,
        "data": address if found.size else None,
        "ahead": (queue or Queue()).ahead(found) if found.state == State.WAITING else None,
    }


def brief(found: Inspection, queue: Queue) -> dict[str, Any]:
    """The wire form without the spike map, its largest part, for lists of thousands."""
    told = wire(found, queue)
    result = {key: value for key, value in (found.result or {}).items() if key != "spike_map"}
    return {**told, "result": result or None}
