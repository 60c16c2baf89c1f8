"""Frames cut once and kept, a file per content, T, cut and size; losing them costs time, nothing else."""

from __future__ import annotations

import hashlib
import os
import tempfile
import time
from contextlib import suppress
from pathlib import Path

import numpy as np

from engine.data.events.event_set import EventSet, Frames, as_raw, framed
from engine.data.events.frames import FramesBy
from engine.data.images import Raw

VERSION = 2
"""Raised whenever the same events would give other frames."""
FOLDER = ".frames"
PART = ".part"
ABANDONED_SECONDS = 24 * 3600
MAX_CACHE = 40_000_000_000


def cached_frames(events: EventSet, content: str, time_steps: int, by: FramesBy, size: int, data_root: Path) -> Raw:
    """`kept_frames` with their labels, in the set's splits."""
    return as_raw(events, kept_frames(events, content, time_steps, by, size, data_root), by)


def kept_frames(events: EventSet, content: str, time_steps: int, by: FramesBy, size: int, data_root: Path) -> Frames:
    """`framed(...)`, from the cache where it is there. `content` is the tree's hash. Raises DataError as `framed`."""
    path = data_root / FOLDER / f"{_key(events, content, time_steps, by, size)}.npy"
    frames = _read(path)
    if frames is None:
        frames = framed(events, time_steps, by, size)
        _write(path, frames)
    return frames


def _key(events: EventSet, content: str, time_steps: int, by: FramesBy, size: int) -> str:
    of = f"{VERSION}/{content}/{events.sensor}/{size}/{time_steps}/{by}/{events.turned}/{events.clips!r}"
    return hashlib.sha256(of.encode()).hexdigest()


def _read(path: Path) -> Frames | None:
    """Mapped, not loaded. None where it is not there or damaged."""
    try:
        frames: Frames = np.load(path, mmap_mode="r", allow_pickle=False)
        os.utime(path)
    except (OSError, ValueError, EOFError):
        return None
    return frames


def _write(path: Path, frames: Frames) -> None:
    """Atomic, and the longest unused make room; where the data root cannot be written, the next study cuts again."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _sweep(path.parent)
        _write_whole(path, frames)
        _make_room(path.parent)
    except OSError:
        return


def _write_whole(path: Path, frames: Frames) -> None:
    """On disk before it has its name, so that a power cut leaves no file of zeros; on a full disk nothing stays."""
    with tempfile.NamedTemporaryFile(dir=path.parent, suffix=PART, delete=False) as file:
        try:
            np.save(file, frames, allow_pickle=False)
            file.flush()
            os.fsync(file.fileno())
            Path(file.name).replace(path)
        finally:
            Path(file.name).unlink(missing_ok=True)


def _sweep(folder: Path) -> None:
    """Delete what killed writers left; a living one has written within the last day."""
    for part in folder.glob(f"*{PART}"):
        with suppress(FileNotFoundError):  # its writer finished meanwhile
            if time.time() - part.stat().st_mtime > ABANDONED_SECONDS:
                part.unlink()


def _make_room(folder: Path) -> None:
    """Delete the files longest unused until the rest fit; a study that has one mapped keeps it."""
    used = sorted(((path.stat().st_mtime, path.stat().st_size, path) for path in folder.glob("*.npy")), reverse=True)
    total = 0
    for _, size, path in used:
        total += size
        if total > MAX_CACHE:
            path.unlink(missing_ok=True)
