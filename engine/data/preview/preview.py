"""A few samples of a data set kept apart, so that pages can show it without opening its files again."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from engine.config.catalog import Augmentation
from engine.data.events.event_set import Clip, EventSet
from engine.data.events.frames import Counts, FramesBy, frames_of
from engine.data.events.recording import Recording
from engine.data.images import Raw
from engine.data.splits import validation_split

MAX_SAMPLES, PER_CLASS = 400, 8
MAX_RECORDINGS, RECORDINGS_PER_CLASS = 60, 3
MAX_CLASSES = 400
EVENT = np.dtype([("t", "<i8"), ("x", "<u2"), ("y", "<u2"), ("p", "?")])
AUGMENTATIONS: tuple[str, ...] = get_args(Augmentation)
AUGMENTED = "augmented.npy"
FACTS, SAMPLES, TRAIN, TEST = "preview.json", "samples.npy", "train_labels.npy", "test_labels.npy"
Labels = NDArray[np.int64]


@dataclass(frozen=True)
class ImagePreview:
    """`pixels` uint8 [K, C, H, W] of training images with their `labels` [K]; and the labels of both whole splits.

    The last `validation` training samples are the files' own validation split.
    """

    class_names: tuple[str, ...]
    pixels: NDArray[np.uint8]
    labels: Labels
    train_labels: Labels
    test_labels: Labels
    validation: int = 0

    def write(self, folder: Path) -> None:
        """Into an empty folder."""
        facts = {"kind": "images", "classes": self.class_names, "labels": self.labels.tolist()}
        facts["validation"] = self.validation
        _write(folder, facts, self.pixels, self.train_labels, self.test_labels)


@dataclass(frozen=True)
class EventPreview:
    """Whole recordings of the training split, and the labels of both whole splits. `sensor` as in EventSet."""

    sensor: int
    class_names: tuple[str, ...]
    recordings: tuple[tuple[Clip, Recording], ...]
    train_labels: Labels
    test_labels: Labels
    validation: int = 0

    def write(self, folder: Path) -> None:
        """Into an empty folder."""
        parts = [np.empty(len(found), EVENT) for _, found in self.recordings]
        for part, (_, found) in zip(parts, self.recordings, strict=True):
            part["t"], part["x"], part["y"], part["p"] = found.t, found.x, found.y, found.p
        facts = {
            "kind": "events",
            "classes": self.class_names,
            "labels": [clip.label for clip, _ in self.recordings],
            "names": [clip.name for clip, _ in self.recordings],
            "ends": np.cumsum([len(part) for part in parts]).tolist(),
            "sensor": self.sensor,
            "validation": self.validation,
            "steps": [found.steps for _, found in self.recordings],
        }
        events = np.concatenate(parts) if parts else np.empty(0, EVENT)
        _write(folder, facts, events, self.train_labels, self.test_labels)


class StoredPreview:
    """A written preview; samples are mapped, not loaded. Raises OSError or ValueError where it is not one."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        facts = json.loads((folder / FACTS).read_text(encoding="utf-8"))
        self.kind: str = facts["kind"]
        self.class_names: list[str] = facts["classes"]
        self.labels: list[int] = facts["labels"]
        self.names: list[str] = facts.get("names", [])
        self.sensor: int = facts.get("sensor", 0)
        self.own_validation: int = facts.get("validation", 0)
        self._ends: list[int] = facts.get("ends", [])
        self._steps: list[int | None] = facts.get("steps", [])

    def pixels(self) -> NDArray[np.uint8]:
        """uint8 [K, C, H, W] of an image data set."""
        found: NDArray[np.uint8] = np.load(self.folder / SAMPLES, mmap_mode="r", allow_pickle=False)
        return found

    def recording(self, k: int) -> Recording:
        """Recording k of an event data set."""
        events = np.load(self.folder / SAMPLES, mmap_mode="r", allow_pickle=False)
        part = events[self._ends[k - 1] if k else 0 : self._ends[k]]
        x, y = part["x"].astype(np.int64), part["y"].astype(np.int64)
        steps = self._steps[k] if self._steps else None
        return Recording(np.array(part["t"]), x, y, np.array(part["p"]), steps=steps)

    def frames(self, k: int, time_steps: int, by: FramesBy, size: int) -> Counts:
        """Recording k as the network would see it, [T, 2, size, size]. Raises DataError as `frames_of`."""
        return frames_of(self.recording(k), time_steps, by, self.sensor, size, self.names[k])

    def splits(self) -> tuple[Labels, Labels]:
        """Labels [N] of the whole training and test split."""
        train, test = (np.load(self.folder / name, allow_pickle=False).astype(np.int64) for name in (TRAIN, TEST))
        return train, test

    def validation(
        self, kind: Literal["stratified", "contiguous"], fraction: float, seed: int
    ) -> tuple[Labels, Labels]:
        """(training, validation) indices [N] of a study that uses all training samples, with this seed.

        The files' own validation split, where they bring one, is that of every study.
        """
        labels = self.splits()[0]
        if self.own_validation:
            cut = len(labels) - self.own_validation
            return np.arange(cut), np.arange(cut, len(labels))
        return validation_split(labels, kind, fraction, seed)


def image_preview(raw: Raw) -> ImagePreview:
    """Up to eight training images of each of the first 400 classes, spread over the split."""
    each = max(1, min(PER_CLASS, MAX_SAMPLES // len(raw.class_names)))
    labels = raw.train.labels
    chosen = _spread(labels[: len(labels) - raw.validation], each)
    pixels = raw.train.images[chosen].astype(np.uint8, copy=False)
    return ImagePreview(raw.class_names, pixels, labels[chosen], labels, raw.test.labels, raw.validation)


def choose_recordings(events: EventSet) -> frozenset[int]:
    """Places of up to three training recordings of each class."""
    labels = np.array([clip.label for clip in events.train], np.int64)
    each = max(1, min(RECORDINGS_PER_CLASS, MAX_RECORDINGS // max(1, len(events.class_names))))
    return frozenset(_spread(labels, each).tolist())


def _spread(labels: Labels, each: int) -> Labels:
    """Indices of `each` samples of every class, at even distances."""
    chosen = []
    for label in np.unique(labels)[:MAX_CLASSES]:
        members = np.flatnonzero(labels == label)
        chosen.append(members[np.linspace(0, len(members) - 1, min(each, len(members))).astype(int)])
    return np.concatenate(chosen) if chosen else np.empty(0, np.int64)


def _write(folder: Path, facts: dict[str, object], samples: np.ndarray, train: Labels, test: Labels) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    np.save(folder / SAMPLES, samples, allow_pickle=False)
    np.save(folder / TRAIN, train.astype(np.int32), allow_pickle=False)
    np.save(folder / TEST, test.astype(np.int32), allow_pickle=False)
    (folder / FACTS).write_text(json.dumps(facts), encoding="utf-8")
