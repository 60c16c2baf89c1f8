"""Recordings with labels and splits, not yet decoded; and their frames as a data set."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.data.events.decoders import MAX_BYTES, decode
from engine.data.events.frames import FramesBy, frames_of
from engine.data.events.recording import EmptyRecordingError, Recording
from engine.data.files.names import natural as natural
from engine.data.files.tree import Tree
from engine.data.images import Images, Raw
from engine.errors import DataError

MAX_FRAME_BYTES = 16_000_000_000
MAX_COUNT = 32_767
"""What an int16 holds."""
SHOWN = 3
"""Files named where many are wrong in the same way."""
Frames = NDArray[np.uint8] | NDArray[np.int16]


@dataclass(frozen=True)
class Clip:
    """One sample: a whole file, or its events with start ≤ t < end (µs)."""

    file: str
    label: int
    start: int | None = None
    end: int | None = None

    @property
    def name(self) -> str:
        return self.file if self.start is None else f"{self.file} from {self.start:,} µs"


@dataclass(frozen=True)
class EventSet:
    """An event data set as its files give it. `sensor` is the height and width of its frames at full size.

    `turned`: its AEDAT 2.0 is turned as CIFAR10-DVS needs it. The last `validation` training clips are the validation
    split that the files bring; 0: they bring none. `drawn`: the files name no test split, and it was cut off.
    """

    tree: Tree
    class_names: tuple[str, ...]
    train: tuple[Clip, ...]
    test: tuple[Clip, ...]
    sensor: int
    note: str
    turned: bool = False
    validation: int = 0
    drawn: bool = False

    @property
    def clips(self) -> tuple[Clip, ...]:
        """Training clips, then test clips."""
        return (*self.train, *self.test)

    def recordings(self, clips: Sequence[Clip]) -> Iterator[tuple[int, Recording]]:
        """(place in `clips`, its events), file by file in the cheapest order.

        Raises DataError naming the file; where files are empty, at the end, naming how many and the first of them.
        """
        places: dict[str, list[int]] = {}
        for place, clip in enumerate(clips):
            places.setdefault(clip.file, []).append(place)
        empty: list[str] = []
        for file, data in self.tree.each(places, MAX_BYTES):
            try:
                whole = decode(data, file, self.turned)
            except EmptyRecordingError:
                empty.append(file)
                continue
            for place in places[file]:
                yield place, self._cut(whole, clips[place])
        if empty:
            raise DataError(f"{self.tree.label}: {named(empty)} without an event; delete them, or record them again")

    def _cut(self, whole: Recording, clip: Clip) -> Recording:
        if clip.start is None or clip.end is None:
            return whole
        part = whole.between(clip.start, clip.end)
        if not len(part):
            raise DataError(f"{clip.file}: its label names {clip.start:,} to {clip.end:,} µs, where it has no events")
        return part


def framed(events: EventSet, time_steps: int, by: FramesBy, size: int) -> Frames:
    """Frames of all clips [N, T, 2, size, size], uint8, or int16 where a pixel counts past 255. Raises DataError."""
    clips = events.clips
    shape = (len(clips), time_steps, 2, size, size)
    if (needed := int(np.prod(shape, dtype=object))) > MAX_FRAME_BYTES:
        raise DataError(
            f"frames of {list(shape)} take {needed:,} bytes; at most {MAX_FRAME_BYTES:,}: lower T or the size"
        )
    frames: Frames = np.zeros(shape, np.uint8)
    short: list[str] = []
    for place, recording in events.recordings(clips):
        if by == "count" and recording.steps is None and len(recording) < time_steps:
            short.append(clips[place].name)
            continue
        counted = frames_of(recording, time_steps, by, events.sensor, size, clips[place].name)
        if (most := int(counted.max())) > MAX_COUNT:
            raise DataError(
                f"{clips[place].name}: {most:,} events of one pixel in one frame; at most {MAX_COUNT:,}: raise T or "
                "data.image_size"
            )
        if frames.dtype == np.uint8 and most > 255:
            frames = frames.astype(np.int16)
        frames[place] = counted
    if short:
        raise DataError(
            f"{events.tree.label}: {named(short)} with fewer events than network.time_steps = {time_steps}, so that "
            "frames by count would be empty: lower T, or delete them"
        )
    return frames


def named(files: Sequence[str]) -> str:
    """How many recordings, and the first of them by name."""
    several = "s" if len(files) > 1 else ""
    more = ", …" if len(files) > SHOWN else ""
    return f"{len(files):,} recording{several} ({', '.join(file[:60] for file in files[:SHOWN])}{more})"


def as_raw(events: EventSet, frames: Frames, by: FramesBy) -> Raw:
    """The frames of all clips with their labels, in the set's splits."""
    labels = np.array([clip.label for clip in events.clips], np.int64)
    cut = len(events.train)
    train, test = Images(frames[:cut], labels[:cut]), Images(frames[cut:], labels[cut:])
    return Raw(train, test, events.class_names, f"{events.note}; frames by {by}", events.validation, events.drawn)


def last_held_out(clips: Sequence[Clip], share: float) -> tuple[tuple[Clip, ...], tuple[Clip, ...]]:
    """(train, test): of every class the last `share` by order of recording, at least one where a class has two.

    Recordings made one after another resemble each other; cutting by order keeps most neighbours on one side.
    """
    train: list[Clip] = []
    test: list[Clip] = []
    for label in sorted({clip.label for clip in clips}):
        mine = [clip for clip in clips if clip.label == label]
        held = max(1, round(len(mine) * share)) if len(mine) > 1 else 0
        train += mine[: len(mine) - held]
        test += mine[len(mine) - held :]
    return tuple(train), tuple(test)
