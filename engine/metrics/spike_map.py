"""Spike maps: average spikes per sample by layer and time step, and their wire format."""

from __future__ import annotations

import base64
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from engine.space.shapes import LayerSpec

SpikeMap = NDArray[np.float32]
"""[layers, T]: counted spikes per sample, from the stem to the output neurons. Its sum is N."""


def encode_map(spike_map: SpikeMap) -> str:
    """A map [layers, T] as base64 of little-endian float32, layer by layer."""
    return base64.b64encode(np.ascontiguousarray(spike_map, dtype="<f4").tobytes()).decode()


def decode_map(text: str, time_steps: int) -> SpikeMap:
    """The map [layers, T] of the base64 text that `encode_map` made."""
    return map_of_bytes(base64.b64decode(text), time_steps)


def map_of_bytes(data: bytes, time_steps: int) -> SpikeMap:
    """The map [layers, T] of little-endian float32 bytes."""
    return np.frombuffer(data, dtype="<f4").reshape(-1, time_steps)


def firing_rate(spikes: float, rows: Sequence[LayerSpec], time_steps: int) -> float:
    """Firing rate 0…1: spikes per sample ÷ (output elements · T).

    Output elements are all that are counted, those of pools and output neurons included: only so does one get the
    firing rates of the AutoSNN poster (Na et al. 2022).
    """
    return spikes / (sum(row.output_elements for row in rows) * time_steps)
