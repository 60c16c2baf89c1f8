"""The list of data sets a user sees."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib.auth.models import User
from django.db.models import Q

from engine.catalog import CATALOG
from webapp.datasets import services
from webapp.datasets.models import Dataset, Source, State
from webapp.datasets.summaries import summary

PAGE = 200


@dataclass(frozen=True)
class Page:
    """Some data sets; `next` is the `before` of the page with people's older ones, None where there are none."""

    datasets: list[dict[str, Any]]
    next: str | None


def listed(user: User, before: str = "") -> Page:
    """People's own, newest first, and after the newest page of them every built-in one.

    With `before`, the id of a data set, only people's older than it.
    """
    visible = services.counted(Dataset.objects.for_user(user))
    own = visible.exclude(source=Source.BUILTIN)
    oldest = _seen(user, before)
    if oldest is not None:
        own = own.filter(Q(created__lt=oldest.created) | Q(created=oldest.created, id__lt=oldest.id))
    found = list(own.order_by("-created", "-id")[: PAGE + 1])
    shown = found[:PAGE]
    if oldest is None:
        services.ensure_builtin()
        shown += sorted(visible.filter(source=Source.BUILTIN), key=_place)
    rest = str(found[PAGE - 1].id) if len(found) > PAGE else None
    return Page([summary(one, user) for one in shown], rest)


def _place(dataset: Dataset) -> tuple[bool, int]:
    """What is here before what is not, in the catalogue's order."""
    return dataset.state == State.ABSENT, list(CATALOG).index(dataset.dataset)


def _seen(user: User, before: str) -> Dataset | None:
    """The data set a cursor names; a cursor that names none is as good as none."""
    try:
        return Dataset.objects.for_user(user).filter(id=UUID(before)).first()
    except ValueError:
        return None
