"""Launches with an idempotency key: within a day, one key of one owner creates one study."""

from __future__ import annotations

from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from webapp.clock import seconds_from_now
from webapp.studies.models import Launch

KEPT_SECONDS = 86_400.0


class AlreadyLaunched(Exception):
    """Another launch has used this key. Nothing of this launch is stored."""


def earlier(launch: Launch) -> Launch | None:
    """The earlier launch with the same key."""
    return _under_its_key(launch).exclude(made__lte=_too_long_ago()).select_related("study").first()


def note(launch: Launch, study_id: UUID) -> None:
    """Store the key for a study created in the same transaction. Raises AlreadyLaunched.

    This is the first write of the transaction: the second of two launches with one key waits here for the first.
    """
    _under_its_key(launch).filter(made__lte=_too_long_ago()).delete()
    launch.study_id = study_id
    try:
        with transaction.atomic():
            launch.save(force_insert=True)
    except IntegrityError as error:
        raise AlreadyLaunched(launch.key) from error


def delete_old_launches() -> None:
    """Delete launches older than a day; their keys can be used again."""
    Launch.objects.filter(made__lte=_too_long_ago()).delete()


def _under_its_key(launch: Launch) -> QuerySet[Launch]:
    return Launch.objects.filter(owner=launch.owner, key=launch.key)


def _too_long_ago() -> object:
    """By the database's clock, which also sets `made`."""
    return seconds_from_now(-KEPT_SECONDS)
