"""Frames that SpikingJelly cut and kept (frames_number_T_split_by_…) as events of T time steps."""

from __future__ import annotations

from typing import Any

import numpy as np

from engine.data.events.recording import EmptyRecordingError, Recording, check_count
from engine.errors import DataError

FRAMES = "frames"
MAX_FRAMES_BYTES = 1_000_000_000
MAX_STEPS = 1024


def from_frames(name: str, frames: np.ndarray[Any, Any]) -> Recording:
    """`frames` counts events [T, 2, H, W], channel 0 OFF and 1 ON. Raises DataError for anything but whole counts."""
    if frames.ndim != 4 or frames.shape[1] != 2 or frames.dtype.kind not in "iuf":
        raise DataError(f"{name}: frames must be counts [T, 2, H, W], got {frames.dtype} {list(frames.shape)}")
    steps = frames.shape[0]
    if not 1 <= steps <= MAX_STEPS:
        raise DataError(f"{name}: frames of T = {steps:,}; 1 to {MAX_STEPS:,}")
    counts = _counts(name, frames)
    place = np.repeat(*counts)
    t, p, y, x = np.unravel_index(place, frames.shape)
    note = f"ready-made frames of T = {steps}; data.frames_by does not apply"
    return Recording(t.astype(np.int64), x.astype(np.int64), y.astype(np.int64), p.astype(np.bool_), (note,), steps)


def _counts(name: str, frames: np.ndarray[Any, Any]) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """(places that hold events, how many each)."""
    flat = frames.reshape(-1)
    place = np.flatnonzero(flat)
    held = flat[place]
    if not len(place):
        raise EmptyRecordingError(f"{name}: holds no events")
    if not np.isfinite(held).all() or held.min() < 0 or (held != np.floor(held)).any():
        raise DataError(f"{name}: frames must be whole counts of events, got {held.min()} to {held.max()}; normalised?")
    total = float(held.sum(dtype=np.float64))
    check_count(name, int(min(total, 1e18)))
    return place, held.astype(np.int64)
