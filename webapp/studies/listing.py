"""The list of studies a user sees, with each one's place in the queue."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import User

from webapp.studies.fairness import Queue
from webapp.studies.models import Study
from webapp.studies.summaries import summary

LIST_LIMIT = 500


def listed(user: User, *, archived: bool = False) -> list[dict[str, Any]]:
    """The newest studies, or those that were put away."""
    visible = Study.objects.for_user(user).filter(archived=archived).select_related("owner")[:LIST_LIMIT]
    queue = Queue()
    return [summary(study, user, queue) for study in visible]
