"""The list of a user's studies, each with its place in the queue."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import User

from webapp.http.paging import newest
from webapp.studies.models import Study
from webapp.studies.selectors.list_cursor import cursor_of, read_cursor
from webapp.studies.selectors.summaries import summary
from webapp.studies.selectors.text_search import having_words
from webapp.studies.services.scheduling import Queue

PAGE = 200


@dataclass(frozen=True)
class Page:
    """One page of studies, newest first. `next` is the `before` of the following page, None on the last page.

    `count` of the list's `total` studies match the search, over all pages.
    """

    studies: list[dict[str, Any]]
    next: str | None
    count: int
    total: int


def listed(user: User, *, archived: bool = False, before: str = "", words: str = "") -> Page:
    """A page of studies that contain every word. `before` is the `next` of the page before.

    Raises BadSubmission where the words are too long, or `before` cannot be read.
    """
    cursor = read_cursor(before)
    every = Study.objects.for_user(user).filter(archived=archived)
    wanted = every.filter(having_words(words))
    found, last = newest(wanted.select_related("owner"), "created", cursor, PAGE)
    queue = Queue()
    rows = [summary(study, user, queue) for study in found]
    count = len(rows) if cursor is None and last is None else wanted.count()
    total = every.count() if words.strip() else count
    return Page(rows, str(cursor_of(last)) if last else None, count, total)
