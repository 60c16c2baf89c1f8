"""Events to frames: counts of events by time step, polarity and pixel. Vectorised over all events."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from engine.data.events.recording import Recording
from engine.errors import DataError

Counts = NDArray[np.int64]
FramesBy = Literal["count", "duration"]


def frames_of(recording: Recording, time_steps: int, by: FramesBy, sensor: int, size: int, name: str) -> Counts:
    """Counts [T, 2, size, size] of a square sensor's events; channel 0 is OFF, 1 is ON.

    By count every frame holds ⌊events ÷ T⌋ events, the last one the rest too (the paper's, cut as SpikingJelly does);
    by duration every frame lasts ⌊duration ÷ T⌋ µs, the last one to the end. Pixels are binned down to `size`. The sum
    over all pixels and frames is the number of events. Ready-made frames keep their own cut, and T must be theirs.
    Raises DataError for an event off the sensor, and for another T than that of ready-made frames.
    """
    x, y = _on_sensor(recording.x, "x", sensor, name), _on_sensor(recording.y, "y", sensor, name)
    if size != sensor:
        x, y = x * size // sensor, y * size // sensor
    step = _steps(recording, time_steps, by, name)
    place = ((step * 2 + recording.p) * size + y) * size + x
    return np.bincount(place, minlength=time_steps * 2 * size * size).reshape(time_steps, 2, size, size)


def _on_sensor(coordinate: NDArray[np.int64], axis: str, sensor: int, name: str) -> NDArray[np.int64]:
    if coordinate.min(initial=0) < 0 or coordinate.max(initial=0) >= sensor:
        worst = int(coordinate.max() if coordinate.max() >= sensor else coordinate.min())
        raise DataError(
            f"{name}: an event at {axis} = {worst}; the sensor has pixels 0 to {sensor - 1} (data.sensor_size)"
        )
    return coordinate


def _steps(recording: Recording, time_steps: int, by: FramesBy, name: str) -> NDArray[np.int64]:
    """The time step of every event."""
    if recording.steps is None:
        return _by_count(recording, time_steps) if by == "count" else _by_duration(recording, time_steps)
    if recording.steps != time_steps:
        raise DataError(
            f"{name}: its frames were ready made with T = {recording.steps}, and cannot be cut again; the study's "
            f"network.time_steps is {time_steps}"
        )
    return recording.t


def _by_count(recording: Recording, time_steps: int) -> NDArray[np.int64]:
    each = len(recording) // time_steps
    if each == 0:
        return np.full(len(recording), time_steps - 1)
    return np.minimum(np.arange(len(recording)) // each, time_steps - 1)


def _by_duration(recording: Recording, time_steps: int) -> NDArray[np.int64]:
    each = recording.duration // time_steps
    since: NDArray[np.int64] = recording.t - recording.t[:1]
    return np.minimum(since // max(each, 1), time_steps - 1)
