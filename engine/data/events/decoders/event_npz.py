"""Events as an .npz: arrays of t, x, y and p, one array of events, or SpikingJelly's ready-made frames."""

from __future__ import annotations

from engine.data.events.decoders.columns import KEYS, from_array, from_columns, named_columns
from engine.data.events.decoders.ready_frames import FRAMES, MAX_FRAMES_BYTES, from_frames
from engine.data.events.recording import MAX_EVENTS, Recording
from engine.data.files.npy import npz_keys, read_npz

LARGEST = 8
"""Bytes of the widest number an event's field has."""
ONE_ARRAY = ("events", "data", "arr_0")


def decode(data: bytes, name: str) -> Recording:
    """Raises DataError naming the array that is missing or wrong."""
    held = npz_keys(data, name)
    if FRAMES in held:
        return from_frames(name, read_npz(data, name, (FRAMES,), MAX_FRAMES_BYTES)[FRAMES])
    titles = named_columns(held)
    if len(titles) < len(KEYS) and (one := next((key for key in ONE_ARRAY if key in held), None)):
        return from_array(f"{name}: {one}", read_npz(data, name, (one,), MAX_EVENTS * 4 * LARGEST)[one])
    titles = {key: titles.get(key, key) for key in KEYS}
    arrays = read_npz(data, name, titles.values(), MAX_EVENTS * LARGEST)
    return from_columns(name, {key: arrays[title] for key, title in titles.items()}, titles)
