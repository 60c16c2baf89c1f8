"""Inspections in the form the API and the page send them."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from engine.inspection.request import NO_SAMPLE
from webapp.inspections.models import Inspection, State


def wire(found: Inspection) -> dict[str, Any]:
    """`ahead` is how many wait before it, on the whole server; None once it is in work."""
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
        "ahead": _ahead(found) if found.state == State.WAITING else None,
    }


def _ahead(found: Inspection) -> int:
    others = Inspection.objects.filter(state=State.RUNNING).count()
    return others + Inspection.objects.filter(state=State.WAITING, asked__lt=found.asked).count()
