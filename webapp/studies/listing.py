"""The list of studies a user sees, with each one's place in the queue."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib.auth.models import User
from django.db.models import Q

from webapp.studies.fairness import Queue
from webapp.studies.lookup import having_words
from webapp.studies.models import Study
from webapp.studies.summaries import summary

PAGE = 200


@dataclass(frozen=True)
class Page:
    """Some studies, newest first; `next` is the `before` of the page with older ones, None where there are none.

    Of all `total` studies in the list, whatever the page, `count` have the words that were asked for.
    """

    studies: list[dict[str, Any]]
    next: str | None
    count: int
    total: int


def listed(user: User, *, archived: bool = False, before: str = "", words: str = "") -> Page:
    """The newest studies, or those that were put away; with `before`, the id of a study, those older than it.

    Only those that have every word. Raises BadSubmission where the words are too long.
    """
    every = Study.objects.for_user(user).filter(archived=archived)
    wanted = every.filter(having_words(words))
    visible = wanted.select_related("owner")
    if (oldest := _seen(user, before)) is not None:
        visible = visible.filter(Q(created__lt=oldest.created) | Q(created=oldest.created, id__lt=oldest.id))
    found = list(visible.order_by("-created", "-id")[: PAGE + 1])
    queue = Queue()
    rows = [summary(study, user, queue) for study in found[:PAGE]]
    count = len(rows) if oldest is None and len(found) <= PAGE else wanted.count()
    total = every.count() if words.strip() else count
    return Page(rows, rows[-1]["id"] if len(found) > PAGE else None, count, total)


def _seen(user: User, before: str) -> Study | None:
    """The study a cursor names; a cursor that names none is as good as none."""
    try:
        return Study.objects.for_user(user).filter(id=UUID(before)).first()
    except ValueError:
        return None
