"""Files that hold the events of more than one camera: never merged, for their pixels are not the same."""

from __future__ import annotations

from collections.abc import Mapping

from engine.errors import DataError

SHOWN = 4


def only_stream(name: str, counts: Mapping[str, int]) -> None:
    """Raises DataError where more than one stream holds events. `counts` are the events of each, by its name."""
    with_events = {stream: count for stream, count in counts.items() if count}
    if len(with_events) <= 1:
        return
    said = ", ".join(f"{stream} ({count:,} events)" for stream, count in list(with_events.items())[:SHOWN])
    raise DataError(
        f"{name}: holds the events of {len(with_events)} cameras, which are never merged: {said}; export each camera "
        "to a file of its own"
    )
