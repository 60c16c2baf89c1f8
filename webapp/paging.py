"""Lists in pages, the newest first. A cursor is the id of the last row of the page before."""

from __future__ import annotations

from typing import TypeVar
from uuid import UUID

from django.db.models import Model, Q, QuerySet

Row = TypeVar("Row", bound=Model)


def named(rows: QuerySet[Row], cursor: str) -> Row | None:
    """The row a cursor names; a cursor that names none is as good as none."""
    try:
        return rows.filter(pk=UUID(cursor)).first()
    except ValueError:
        return None


def newest(rows: QuerySet[Row], by: str, before: Row | None, size: int) -> tuple[list[Row], str | None]:
    """So many rows, those older than `before` by this moment of theirs, and the cursor of the next page, if any."""
    if before is not None:
        moment = getattr(before, by)
        rows = rows.filter(Q(**{f"{by}__lt": moment}) | Q(**{by: moment, "pk__lt": before.pk}))
    found = list(rows.order_by(f"-{by}", "-pk")[: size + 1])
    return found[:size], str(found[size - 1].pk) if len(found) > size else None
