"""Frames cut once and kept, a file per content, T, cut and size; losing them costs time, nothing else. No torch."""

from __future__ import annotations

import hashlib
import tempfile
from pathlib import Path

import numpy as np

from engine.data.event_set import EventSet, framed
from engine.data.frames import FramesBy
from engine.data.images import Images, Raw

VERSION = 1
"""Raised whenever the same events would give other frames."""
FOLDER = ".frames"


def cached_frames(events: EventSet, content: str, time_steps: int, by: FramesBy, size: int, data_root: Path) -> Raw:
    """`framed(...)`, from the cache where it is there. `content` is the tree's hash. Raises DataError as `framed`."""
    path = data_root / FOLDER / f"{_key(events, content, time_steps, by, size)}.npy"
    if (frames := _read(path)) is not None:
        labels = np.array([clip.label for clip in events.clips], np.int64)
        cut = len(events.train)
        train, test = Images(frames[:cut], labels[:cut]), Images(frames[cut:], labels[cut:])
        return Raw(train, test, events.class_names, f"{events.note}; frames by {by}")
    raw = framed(events, time_steps, by, size)
    _write(path, np.concatenate([raw.train.images, raw.test.images]))
    return raw


def _key(events: EventSet, content: str, time_steps: int, by: FramesBy, size: int) -> str:
    of = f"{VERSION}/{content}/{events.sensor}/{size}/{time_steps}/{by}/{events.clips!r}"
    return hashlib.sha256(of.encode()).hexdigest()


def _read(path: Path) -> np.ndarray | None:
    """Mapped, not loaded. None where it is not there or damaged."""
    try:
        frames: np.ndarray = np.load(path, mmap_mode="r", allow_pickle=False)
    except (OSError, ValueError, EOFError):
        return None
    return frames


def _write(path: Path, frames: np.ndarray) -> None:
    """Atomic; where the data root cannot be written, the next study cuts again."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, suffix=".part", delete=False) as file:
            np.save(file, frames, allow_pickle=False)
        Path(file.name).replace(path)
    except OSError:
        return
