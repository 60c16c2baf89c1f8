"""AEDAT 4 (inivation's DV) through the `aedat` package."""

from __future__ import annotations

import tempfile
from typing import Any

import numpy as np

from engine.data.events.recording import EmptyRecordingError, Recording, check_count, recording
from engine.data.events.streams import only_stream
from engine.errors import DataError

Streams = dict[int, list[np.ndarray[Any, Any]]]
"""Packets of events by the number of their stream."""


def decode(data: bytes, name: str) -> Recording:
    """The events of the one stream that has any. Raises DataError where the package cannot read it."""
    with tempfile.NamedTemporaryFile(suffix=".aedat4") as file:  # the decoder takes nothing but a path
        file.write(data)
        file.flush()
        try:
            streams, sizes = _streams(file.name, name)
        except DataError:
            raise
        except Exception as error:  # the package raises bare exceptions of its own
            raise DataError(f"{name}: not a readable AEDAT 4 file, or truncated: {str(error)[:120]}") from error
    only_stream(name, {f"stream {stream}": sum(map(len, packets)) for stream, packets in streams.items()})
    if not streams:
        raise EmptyRecordingError(f"{name}: holds no events")
    [(stream, packets)] = streams.items()
    events = np.concatenate(packets)
    _check_size(name, events, *sizes.get(stream, (0, 0)))
    return recording(name, events["t"], events["x"], events["y"], events["on"])


def _streams(path: str, name: str) -> tuple[Streams, dict[int, tuple[int, int]]]:
    """Packets by stream, and the width and height that each stream declares."""
    import aedat  # compiled; loaded where such a file turns up

    decoder, streams, count = aedat.Decoder(path), Streams(), 0
    for packet in decoder:
        if "events" in packet and len(packet["events"]):
            streams.setdefault(packet["stream_id"], []).append(packet["events"])
            count += len(packet["events"])
            check_count(name, count)
    sizes = {
        number: (stream["width"], stream["height"])
        for number, stream in decoder.id_to_stream().items()
        if stream.get("type") == "events"
    }
    return streams, sizes


def _check_size(name: str, events: np.ndarray[Any, Any], width: int, height: int) -> None:
    x, y = int(events["x"].max()), int(events["y"].max())
    if width and height and (x >= width or y >= height):
        raise DataError(f"{name}: an event at x = {x}, y = {y}; its header declares {width}×{height} pixels")
