"""Spike maps: average spikes per sample by row and time step, and their compact wire form. No torch."""

from __future__ import annotations

import base64
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from engine.space.shapes import Row

SpikeMap = NDArray[np.float32]
"""[rows, T]: counted spikes per sample; it sums to N."""


def encode_map(spike_map: SpikeMap) -> str:
    """Base64 of little-endian float32, row after row."""
    return base64.b64encode(np.ascontiguousarray(spike_map, dtype="<f4").tobytes()).decode()


def decode_map(text: str, time_steps: int) -> SpikeMap:
    """The [rows, T] array of `encode_map`."""
    return map_of_bytes(base64.b64decode(text), time_steps)


def map_of_bytes(data: bytes, time_steps: int) -> SpikeMap:
    """The [rows, T] array of little-endian float32."""
    return np.frombuffer(data, dtype="<f4").reshape(-1, time_steps)


def firing_rate(spikes: float, rows: Sequence[Row], time_steps: int) -> float:
    """Spikes ÷ (sites · T), sites being every counted output element, pools and output neurons included."""
    return spikes / (sum(row.sites for row in rows) * time_steps)
