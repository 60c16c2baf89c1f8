"""The list of a user's data sets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import User

from engine.config.catalog import CATALOG
from webapp.datasets import services
from webapp.datasets.models import Dataset, Source, State
from webapp.datasets.summaries import summary
from webapp.http.paging import newest, row_at

PAGE = 200


@dataclass(frozen=True)
class Page:
    """One page of data sets. `next` is the `before` of the following page, None on the last page."""

    datasets: list[dict[str, Any]]
    next: str | None


def listed(user: User, before: str = "") -> Page:
    """Users' data sets, newest first; the first page also lists every built-in one.

    With `before`, the id of a data set, only users' data sets older than it.
    """
    visible = services.counted(Dataset.objects.for_user(user))
    own = visible.exclude(source=Source.BUILTIN)
    oldest = row_at(own, before)
    shown, last = newest(own, "created", oldest, PAGE)
    if oldest is None:
        services.ensure_builtin()
        shown += sorted(visible.filter(source=Source.BUILTIN), key=_place)
    return Page([summary(one, user) for one in shown], str(last.id) if last else None)


def _place(dataset: Dataset) -> tuple[bool, int]:
    """Sort key: downloaded data sets first, each group in the catalogue's order.

    Last comes what a part of one's own brought that is not registered any more.
    """
    known = list(CATALOG)
    place = known.index(dataset.dataset) if dataset.dataset in CATALOG else len(known)
    return dataset.state == State.ABSENT, place
