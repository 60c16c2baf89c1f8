"""What is no event of a study: its priority, the archive, and the bin, out of which it goes for good."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet
from django.db.models.functions import Now

from webapp.clock import seconds_from_now
from webapp.studies.models import TERMINAL, Priority, State, Study
from webapp.studies.services import announce
from webapp.studies.services.transitions import inside, require

UNDO_ON_ITS_WAY = 10.0


def set_priority(study_id: UUID, priority: Priority) -> None:
    """How large a share of the turns it gets beside others, from its next turn on."""
    require(_note(Study.objects.filter(deleted=None), study_id, priority=priority), "there is no such study")


def archive(study_id: UUID) -> None:
    """Out of the lists, back by restore or by going on. One that waits for room waits no longer."""
    done = _note(inside(study_id, State.PAUSED, *TERMINAL), study_id, archived=True, not_before=None)
    require(done, "a study at work cannot be archived; pause or cancel it first")


def restore(study_id: UUID) -> None:
    require(_note(Study.objects.filter(deleted=None), study_id, archived=False), "there is no such study")


def delete(study_id: UUID) -> None:
    """Into the bin: gone from every page at once, and for good after UNDO_SECONDS."""
    done = inside(study_id, State.DRAFT, State.PAUSED, *TERMINAL).update(deleted=Now())
    if not done and Study.objects.filter(id=study_id, deleted=None).exists():
        require(done, "a study at work cannot be deleted; cancel it first")


def undelete(study_id: UUID) -> None:
    """Take it out of the bin again, within UNDO_SECONDS; where it was not in there, that is well too."""
    there = Q(deleted=None) | Q(deleted__gt=seconds_from_now(-settings.UNDO_SECONDS))
    require(Study.objects.filter(there, id=study_id).update(deleted=None), "it is deleted for good")


def purge(remove_files: Callable[[UUID], None]) -> None:
    """Delete for good what can no longer be taken out of the bin, files first: a crash between leaves the row.

    No transaction is open while files go. An undelete that came in time may still be on its way, so it waits a little.
    """
    gone = Study.objects.filter(deleted__lte=seconds_from_now(-settings.UNDO_SECONDS - UNDO_ON_ITS_WAY))
    for study_id in list(gone.values_list("id", flat=True)):
        remove_files(study_id)
        gone.filter(id=study_id).delete()


def _note(rows: QuerySet[Study], study_id: UUID, **fields: Any) -> int:
    """Change what is no event of the study, and let its pages look again."""
    with transaction.atomic():
        done = rows.filter(id=study_id).update(**fields)
        if done:
            announce.nudge(study_id, Study.objects.values_list("last_seq", flat=True).get(id=study_id))
        return done
