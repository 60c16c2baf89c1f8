"""AEDAT 4 (inivation's DV) through the `aedat` package. No torch."""

from __future__ import annotations

import tempfile

import numpy as np

from engine.data.events.recording import MAX_EVENTS, Recording, recording
from engine.errors import DataError


def decode(data: bytes, name: str) -> Recording:
    """The events of every event stream. Raises DataError where the package cannot read it, or there are too many."""
    import aedat  # compiled; loaded where such a file turns up

    packets, count = [], 0
    with tempfile.NamedTemporaryFile(suffix=".aedat4") as file:  # the decoder takes nothing but a path
        file.write(data)
        file.flush()
        try:
            for packet in aedat.Decoder(file.name):
                if "events" in packet:
                    packets.append(packet["events"])
                    count += len(packets[-1])
                    if count > MAX_EVENTS:
                        raise DataError(f"{name}: holds more than {MAX_EVENTS:,} events")
        except DataError:
            raise
        except Exception as error:  # the package raises bare exceptions of its own
            raise DataError(f"{name}: not a readable AEDAT 4 file, or truncated: {str(error)[:120]}") from error
    if not packets:
        raise DataError(f"{name}: holds no events")
    events = np.concatenate(packets)
    return recording(name, events["t"], events["x"], events["y"], events["on"])
