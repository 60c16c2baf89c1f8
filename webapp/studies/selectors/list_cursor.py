"""The cursor of the list of studies: time and id, so that it stays valid when the study is deleted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from webapp.studies.models import Study
from webapp.studies.submit.parsing import BadSubmission


@dataclass(frozen=True)
class Cursor:
    """Written as `2026-11-26T14:00:00.000000Z,ID`."""

    created: datetime
    id: UUID

    def __str__(self) -> str:
        written = self.created.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds")
        return f"{written}Z,{self.id}"  # not "+00:00": an unescaped plus in a URL is a space


def cursor_of(study: Study) -> Cursor:
    return Cursor(study.created, study.id)


def read_cursor(text: str) -> Cursor | None:
    """None for an empty text, the start of the list. Raises BadSubmission."""
    if not text:
        return None
    created, _, study = text.partition("Z,")
    try:
        return Cursor(datetime.fromisoformat(created).replace(tzinfo=UTC), UUID(study))
    except ValueError as error:
        message = f"must be the `next` of another page, got {text[:60]!r}"
        raise BadSubmission([{"field": "before", "message": message}]) from error
