"""Reads a study's stored events in pages of bounded size."""

from __future__ import annotations

import json
from uuid import UUID

from webapp.studies.models import Event
from webapp.studies.selectors.summaries import wire

FIRST_READ = 2
GROWTH = 4


def read_events(study_id: UUID, after: int, most: int, characters: int) -> list[tuple[int, str]]:
    """Up to `most` events after the cursor `after`, as (number, JSON). The first event that makes the page longer than
    `characters` is the last.

    One event of a large population has 250 kB, another 100 bytes. So a few rows are read at first, then more: this
    bounds the read-ahead without a database cursor (PostgreSQL's would store all remaining rows).
    """
    found: list[tuple[int, str]] = []
    length, read = 0, FIRST_READ
    while len(found) < most:
        wanted = min(read, most - len(found))
        rows = list(Event.objects.filter(study_id=study_id, seq__gt=after).order_by("seq")[:wanted])
        for event in rows:
            text = json.dumps(wire(event))
            found.append((event.seq, text))
            length += len(text)
            if length > characters:
                return found
        if len(rows) < wanted:
            break
        after, read = rows[-1].seq, GROWTH * read
    return found
