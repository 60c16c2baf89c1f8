"""The firing rate for estimates of synaptic operations: the poster's, the user's, or a measured one."""

from __future__ import annotations

from collections.abc import Iterator
from statistics import median
from typing import Any

from django.contrib.auth.models import User

from engine.cost.space_statistics import POSTER_FIRING_RATE, POSTER_SOURCE
from webapp.studies.models import Event, Study

RECENT = 100
"""The number of latest finished studies that are read."""


def offered(user: User, dataset: str, chosen: float | None) -> dict[str, Any]:
    """The rate in use with its source, and the median rate of winners in the user's studies on this data set."""
    measured = _measured(user, dataset)
    value = POSTER_FIRING_RATE if chosen is None else chosen
    return {"value": value, "source": _source(chosen, measured), "poster": POSTER_FIRING_RATE, "measured": measured}


def _source(chosen: float | None, measured: dict[str, Any] | None) -> str:
    if chosen is None or chosen == POSTER_FIRING_RATE:
        return POSTER_SOURCE
    if measured and chosen == measured["value"]:
        return f"median of {measured['studies']} winners measured here on this data set"
    return "your own"


def _measured(user: User, dataset: str) -> dict[str, Any] | None:
    rates = list(_rates(user, dataset))
    return {"value": round(median(rates), 4), "studies": len(rates)} if rates else None


def _rates(user: User, dataset: str) -> Iterator[float]:
    visible = Study.objects.for_user(user).filter(config__data__dataset=dataset, state="succeeded")
    studies = list(visible.order_by("-finished").values_list("id", flat=True)[:RECENT])
    finished = Event.objects.filter(study__in=studies, kind="study_finished").values_list("payload", flat=True)
    for payload in finished:
        if (rate := payload.get("firing_rate")) is not None:
            yield float(rate)
