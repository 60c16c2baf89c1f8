"""What a path holds, found out in stages and told as plain JSON values: `python -m engine data PATH`. No torch."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np

from engine.config.catalog import CATALOG, DatasetName
from engine.config.data import DataConfig
from engine.data.events.decoders import SUFFIXES, decode
from engine.data.events.event_set import EventSet
from engine.data.events.event_survey import survey
from engine.data.files.recognition import recognise, usual
from engine.data.files.tree import Tree
from engine.data.images import Images, Raw, channel_statistics
from engine.data.preview.preview import EventPreview, ImagePreview, choose_recordings, image_preview
from engine.data.preview.proposed import frame_size, own_events, own_images, sensor_for
from engine.data.readers import digits
from engine.data.readers.registry import READERS
from engine.errors import DataError

Stage = Literal["type", "checksum", "shapes", "classes", "samples"]
Say = Callable[[Stage], None]
STAGES: tuple[Stage, ...] = ("type", "checksum", "shapes", "classes", "samples")
FASHION_MEAN = 0.2
"""MNIST's mean is 0.131, Fashion-MNIST's 0.286: their files have the same names, so the pixels decide."""
MAX_SINGLE = 1_000_000_000
MIN_TRAINING = 4
SETTINGS = {"dataset", "image_size", "classes", "channels", "sensor_size"}
"""What a study's `data` must say to read these files."""


@dataclass(frozen=True)
class Inspection:
    """`report` is what the command prints; `preview` a few samples, None for a single recording."""

    report: dict[str, Any]
    preview: ImagePreview | EventPreview | None


def quietly(_: Stage) -> None:
    """Says nothing about the stages."""


def inspect(path: Path, say: Say = quietly) -> Inspection:
    """Format, splits, shapes, classes, counts, checksum verdict and content hash. Raises DataError with the reason.

    `say` hears each stage as it begins, so that a refusal can be told by the stage it happened in.
    """
    started = time.monotonic()
    say("type")
    if path.is_file() and path.name.lower().endswith(SUFFIXES) and path.suffix.lower() != ".npz":
        return Inspection(_recording(path), None)
    name, tree = recognise(path)
    return _timed(_inspected(name, tree, say), started)


def inspect_usual(name: DatasetName, data_root: Path, say: Say = quietly) -> Inspection:
    """The same of a built-in data set in its usual place. Raises DataError where it is not there."""
    started = time.monotonic()
    say("type")
    if name == "digits":
        config = DataConfig(dataset="digits", image_size=8)
        found = digits.read(8)
        content = digits.content_hash()
        report = _common(name, found, config) | {"files": 1, "bytes": digits.size(), "content_sha256": content}
        return _timed(_of_images(report, found, say), started)
    return _timed(_inspected(name, usual(name, data_root), say), started)


def _timed(found: Inspection, started: float) -> Inspection:
    return Inspection({**found.report, "seconds": round(time.monotonic() - started, 3)}, found.preview)


def _inspected(name: DatasetName, tree: Tree, say: Say) -> Inspection:
    say("checksum")
    facts = {
        "files": len(tree.names),
        "bytes": sum(map(tree.size, tree.names)),
        "content_sha256": tree.content_hash(),
    }
    say("shapes")
    if name == "images":
        raw, config = own_images(tree)
        return _of_images(_common(name, raw, config) | facts, raw, say)
    if name == "events":
        return _of_events(name, own_events(tree), None, facts, say)
    config = DataConfig.model_validate({"dataset": name, "image_size": CATALOG[name].size})
    found = READERS[name].read(tree, config)
    if isinstance(found, EventSet):
        return _of_events(name, found, config, facts, say)
    if name == "mnist" and float(found.train.images.mean()) / 255 > FASHION_MEAN:
        name, config = "fashion_mnist", DataConfig(dataset="fashion_mnist", image_size=28)
        found = READERS[name].read(tree, config)
        assert isinstance(found, Raw)
    return _of_images(_common(name, found, _with_classes(config, found.class_names)) | facts, found, say)


def _with_classes(config: DataConfig, names: Sequence[str]) -> DataConfig:
    """A part of a data set may hold fewer classes than the whole."""
    return config if len(names) == config.info.classes else config.model_copy(update={"classes": len(names)})


def _common(name: DatasetName, found: Raw | EventSet, config: DataConfig) -> dict[str, Any]:
    info = CATALOG[name]
    return {
        "dataset": name,
        "title": info.title,
        "kind": info.kind,
        "note": found.note,
        "classes": list(found.class_names),
        "licence": info.licence,
        "citation": info.citation,
        "config": config.model_dump(mode="json", include=SETTINGS, exclude_none=True),
    }


def _of_images(report: dict[str, Any], raw: Raw, say: Say) -> Inspection:
    say("classes")
    splits = {name: _split(part) for name, part in (("train", raw.train), ("test", raw.test))}
    counted = _counted(splits, raw.train.labels, raw.test.labels, len(raw.class_names))
    say("samples")
    mean, std = channel_statistics(raw.train)
    statistics = {"mean": [round(value, 5) for value in mean], "std": [round(value, 5) for value in std]}
    return Inspection({**report, "statistics": statistics, "splits": counted}, image_preview(raw))


def _split(part: Images) -> dict[str, Any]:
    return {"samples": len(part.labels), "shape": list(part.images.shape[1:])}


def _of_events(
    name: DatasetName, events: EventSet, config: DataConfig | None, facts: dict[str, Any], say: Say
) -> Inspection:
    """`config` None: a user's own, whose sensor is known only once every event was seen."""
    keep = choose_recordings(events)
    found = survey(events, keep)
    if config is None:
        sensor = sensor_for(found.largest + 1)
        events = EventSet(events.tree, events.class_names, events.train, events.test, sensor, events.note)
        own = {"path": "given", "sensor_size": sensor, "image_size": frame_size(sensor)}
        config = DataConfig.model_validate({"dataset": name, "classes": max(2, len(events.class_names)), **own})
    if found.largest >= events.sensor:
        raise DataError(
            f"{events.tree.label}: an event at pixel {found.largest}; the sensor has 0 to {events.sensor - 1}"
        )
    say("classes")
    shape = [2, events.sensor, events.sensor]
    splits = {"train": {"samples": len(events.train), "shape": shape}}
    splits["test"] = {"samples": len(events.test), "shape": shape}
    train, test = (np.array([clip.label for clip in part], np.int64) for part in (events.train, events.test))
    counted = _counted(splits, train, test, len(events.class_names))
    say("samples")
    report = _common(name, events, _with_classes(config, events.class_names)) | facts
    preview = EventPreview(events.sensor, events.class_names, found.kept, train, test)
    return Inspection({**report, "sensor": events.sensor, **found.figures(), "splits": counted}, preview)


def _counted(
    splits: dict[str, dict[str, Any]], train: Iterable[int], test: Iterable[int], classes: int
) -> dict[str, dict[str, Any]]:
    """The splits with their class counts. Raises DataError where nothing can be learnt from them."""
    counts = {
        "train": np.bincount(np.asarray(train, np.int64), minlength=classes),
        "test": np.bincount(np.asarray(test, np.int64), minlength=classes),
    }
    if np.count_nonzero(counts["train"]) < 2:
        raise DataError(f"{np.count_nonzero(counts['train'])} class has training samples; at least 2 are needed")
    if counts["train"].sum() < MIN_TRAINING or counts["test"].sum() < 1:
        raise DataError(
            f"{counts['train'].sum()} training and {counts['test'].sum()} test samples; at least {MIN_TRAINING} and 1"
        )
    return {name: {**split, "class_counts": counts[name].tolist()} for name, split in splits.items()}


def _recording(path: Path) -> dict[str, Any]:
    if path.stat().st_size > MAX_SINGLE:
        raise DataError(f"{path.name}: has {path.stat().st_size:,} bytes; at most {MAX_SINGLE:,}")
    found = decode(path.read_bytes(), path.name)
    return {
        "dataset": None,
        "kind": "events",
        "note": "one recording",
        "events": len(found),
        "duration_us": found.duration,
        "on_share": round(float(found.p.mean()), 4),
        "largest": {"x": int(found.x.max()), "y": int(found.y.max())},
    }
