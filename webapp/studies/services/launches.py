"""Launches that name a key: the same key of the same owner makes one study within a day."""

from __future__ import annotations

from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from webapp.clock import seconds_from_now
from webapp.studies.models import Launch

KEPT_SECONDS = 86_400.0


class AlreadyLaunched(Exception):
    """Another launch with this key was faster: nothing of this one is stored."""


def earlier(launch: Launch) -> Launch | None:
    """What was launched under the key of this one."""
    return _under_its_key(launch).exclude(made__lte=_too_long_ago()).select_related("study").first()


def note(launch: Launch, study_id: UUID) -> None:
    """Take the key for a study about to be stored in the same transaction. Raises AlreadyLaunched.

    First of all that transaction does: of two with one key the second waits here until the first is stored, or is not.
    """
    _under_its_key(launch).filter(made__lte=_too_long_ago()).delete()
    launch.study_id = study_id
    try:
        with transaction.atomic():
            launch.save(force_insert=True)
    except IntegrityError as error:
        raise AlreadyLaunched(launch.key) from error


def forget_launches() -> None:
    """Keys are free again after a day."""
    Launch.objects.filter(made__lte=_too_long_ago()).delete()


def _under_its_key(launch: Launch) -> QuerySet[Launch]:
    return Launch.objects.filter(owner=launch.owner, key=launch.key)


def _too_long_ago() -> object:
    """By the database's clock, which also says when a launch was made."""
    return seconds_from_now(-KEPT_SECONDS)
