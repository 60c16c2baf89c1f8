"""What is stored of a study, a piece at a time: whoever reads a long past holds little of it at once."""

from __future__ import annotations

import json
from uuid import UUID

from webapp.studies.models import Event
from webapp.studies.selectors.summaries import wire

FIRST_READ = 2
GROWTH = 4


def piece(study_id: UUID, after: int, most: int, characters: int) -> list[tuple[int, str]]:
    """Up to `most` events after a cursor, as number and JSON; the one that makes them longer than this is the last.

    An event of a large population has 250 kB, another 100 bytes. So few rows are read at first, and then ever more:
    a read-ahead of bounded size, which needs no cursor of the database (PostgreSQL's would store the whole rest).
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
