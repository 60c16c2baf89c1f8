"""Priority, archive and bin of a study. These changes store no event."""

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

UNDO_GRACE_SECONDS = 10.0


def set_priority(study_id: UUID, priority: Priority) -> None:
    """Set its share of the turns, from the next turn on."""
    require(_set(Study.objects.filter(deleted=None), study_id, priority=priority), "there is no such study")


def archive(study_id: UUID) -> None:
    """Hide it from the lists until it is restored or runs again. A study that waits for disk space stops waiting."""
    done = _set(inside(study_id, State.PAUSED, *TERMINAL), study_id, archived=True, not_before=None)
    require(done, "a study at work cannot be archived; pause or cancel it first")


def restore(study_id: UUID) -> None:
    require(_set(Study.objects.filter(deleted=None), study_id, archived=False), "there is no such study")


def delete(study_id: UUID) -> None:
    """Move it into the bin: hidden from every page at once, deleted after UNDO_SECONDS."""
    done = inside(study_id, State.DRAFT, State.PAUSED, *TERMINAL).update(deleted=Now())
    if not done and Study.objects.filter(id=study_id, deleted=None).exists():
        require(done, "a study at work cannot be deleted; cancel it first")


def undelete(study_id: UUID) -> None:
    """Take it out of the bin within UNDO_SECONDS. Succeeds also where it is not in the bin."""
    there = Q(deleted=None) | Q(deleted__gt=seconds_from_now(-settings.UNDO_SECONDS))
    require(Study.objects.filter(there, id=study_id).update(deleted=None), "it is deleted for good")


def purge(remove_files: Callable[[UUID], None]) -> None:
    """Delete expired studies of the bin, files first: after a crash in between, the row is found again.

    No transaction is open while files are deleted. The grace period lets an undelete that came in time commit.
    """
    gone = Study.objects.filter(deleted__lte=seconds_from_now(-settings.UNDO_SECONDS - UNDO_GRACE_SECONDS))
    for study_id in list(gone.values_list("id", flat=True)):
        remove_files(study_id)
        gone.filter(id=study_id).delete()


def _set(rows: QuerySet[Study], study_id: UUID, **fields: Any) -> int:
    """Change fields without an event, and tell open pages to reload the summary."""
    with transaction.atomic():
        done = rows.filter(id=study_id).update(**fields)
        if done:
            announce.nudge(study_id, Study.objects.values_list("last_seq", flat=True).get(id=study_id))
        return done
