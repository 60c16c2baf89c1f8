"""The list of data sets a user sees."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import User

from engine.config.catalog import CATALOG
from webapp.datasets import services
from webapp.datasets.models import Dataset, Source, State
from webapp.datasets.summaries import summary
from webapp.http.paging import named, newest

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
    oldest = named(own, before)
    shown, last = newest(own, "created", oldest, PAGE)
    if oldest is None:
        services.ensure_builtin()
        shown += sorted(visible.filter(source=Source.BUILTIN), key=_place)
    return Page([summary(one, user) for one in shown], str(last.id) if last else None)


def _place(dataset: Dataset) -> tuple[bool, int]:
    """What is here before what is not, in the catalogue's order."""
    return dataset.state == State.ABSENT, list(CATALOG).index(dataset.dataset)
