"""Paging of lists, newest first. A page starts after the last row of the page before, or after its cursor."""

from __future__ import annotations

from typing import Protocol, TypeVar
from uuid import UUID

from django.db.models import Model, Q, QuerySet

Row = TypeVar("Row", bound=Model)


class Place(Protocol):
    """A row or cursor with an id and the time by which a list is sorted."""

    @property
    def id(self) -> UUID: ...


def row_at(rows: QuerySet[Row], cursor: str) -> Row | None:
    """The row with the cursor's id; None for an unknown or invalid cursor."""
    try:
        return rows.filter(pk=UUID(cursor)).first()
    except ValueError:
        return None


def newest(rows: QuerySet[Row], by: str, before: Place | None, size: int) -> tuple[list[Row], Row | None]:
    """Up to `size` rows older than `before` by the field `by`, and the last of them where older rows remain."""
    if before is not None:
        moment = getattr(before, by)
        rows = rows.filter(Q(**{f"{by}__lt": moment}) | Q(**{by: moment, "id__lt": before.id}))
    found = list(rows.order_by(f"-{by}", "-id")[: size + 1])
    return found[:size], found[size - 1] if len(found) > size else None
