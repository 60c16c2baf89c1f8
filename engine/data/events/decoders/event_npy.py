"""Events as one NumPy array, as tonic and DVS-Lip keep them."""

from __future__ import annotations

from engine.data.events.decoders.columns import from_array
from engine.data.events.recording import MAX_EVENTS, Recording
from engine.data.files.npy import read_npy

LARGEST = 4 * 8
"""Bytes of the widest event: four numbers of eight bytes."""


def decode(data: bytes, name: str) -> Recording:
    """Raises DataError where it is no array of events."""
    return from_array(name, read_npy(data, name, MAX_EVENTS * LARGEST))
