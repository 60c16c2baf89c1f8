"""Lists in pages, the newest first. A page goes on after a place: the last row of the page before, or its cursor."""

from __future__ import annotations

from typing import Protocol, TypeVar
from uuid import UUID

from django.db.models import Model, Q, QuerySet

Row = TypeVar("Row", bound=Model)


class Place(Protocol):
    """What has an id, and the moment by which a list is sorted."""

    @property
    def id(self) -> UUID: ...


def named(rows: QuerySet[Row], cursor: str) -> Row | None:
    """The row a cursor names; a cursor that names none is as good as none."""
    try:
        return rows.filter(pk=UUID(cursor)).first()
    except ValueError:
        return None


def newest(rows: QuerySet[Row], by: str, before: Place | None, size: int) -> tuple[list[Row], Row | None]:
    """So many rows, older than `before` by this moment of theirs; and the last of them where older ones are left."""
    if before is not None:
        moment = getattr(before, by)
        rows = rows.filter(Q(**{f"{by}__lt": moment}) | Q(**{by: moment, "id__lt": before.id}))
    found = list(rows.order_by(f"-{by}", "-id")[: size + 1])
    return found[:size], found[size - 1] if len(found) > size else None
