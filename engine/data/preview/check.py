"""What a path holds, found out in stages and told as plain JSON values: `python -m engine data PATH`."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

import numpy as np

from engine.config.catalog import CATALOG, DatasetName
from engine.config.data import DataConfig
from engine.data.events.decoders import decode
from engine.data.events.event_set import EventSet
from engine.data.events.event_survey import survey
from engine.data.events.looks import is_recording
from engine.data.files.tree import Tree
from engine.data.images import Raw, channel_statistics
from engine.data.preview.preview import EventPreview, ImagePreview, Labels, choose_recordings, image_preview
from engine.data.preview.proposed import frame_size, own_events, own_images, sensor_for
from engine.data.readers import digits, own_dataset
from engine.data.readers.evidence import evidence_of
from engine.data.readers.recognition import recognise, usual
from engine.data.readers.registry import READERS
from engine.errors import DataError

Stage = Literal["type", "checksum", "shapes", "classes", "samples"]
Say = Callable[[Stage], None]
STAGES: tuple[Stage, ...] = ("type", "checksum", "shapes", "classes", "samples")
IDX = ("mnist", "fashion_mnist")
"""Their files have the same names, and so have others'."""
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
    if path.is_file() and is_recording(path.name, lambda: _single(path)):
        return Inspection(_recording(path), None)
    return _timed(_first_readable(path, say), started)


def _first_readable(path: Path, say: Say) -> Inspection:
    """By the first reader that can read it: a specific one that fails leaves it to the general one.

    Raises DataError where none can, and where the evidence settles whose files they are.
    """
    complaints: list[tuple[str, DataError]] = []
    facts: dict[str, Any] = {}
    for found in recognise(path):
        facts = facts or _facts(found.tree, say)
        try:
            done = _inspected(found.name, found.tree, facts, say)
        except DataError as error:
            if found.settles:
                raise DataError(f"{CATALOG[found.name].title} ({found.by}): {error}") from error
            complaints.append((CATALOG[found.name].title, error))
            continue
        failed = [f"not taken as {title}: {error}" for title, error in complaints]
        note = "; ".join([done.report["note"], *failed])
        return replace(done, report={**done.report, "note": note, "why": found.why})
    raise complaints[0][1]


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
    if own_dataset.is_own(name):
        return _timed(_inspected_own(name, data_root, say), started)
    tree = usual(name, data_root)
    return _timed(_inspected(name, tree, _facts(tree, say), say), started)


def _timed(found: Inspection, started: float) -> Inspection:
    return Inspection({**found.report, "seconds": round(time.monotonic() - started, 3)}, found.preview)


def _facts(tree: Tree, say: Say) -> dict[str, Any]:
    say("checksum")
    return {
        "files": len(tree.names),
        "bytes": sum(map(tree.size, tree.names)),
        "content_sha256": tree.content_hash(),
    }


def _inspected(name: DatasetName, tree: Tree, facts: dict[str, Any], say: Say) -> Inspection:
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
    if name in IDX and evidence_of(name, tree).holds is False:
        found = found.noted(f"its labels do not begin as those of {CATALOG[name].title}")
    return _of_images(_common(name, found, _with_classes(config, found.class_names)) | facts, found, say)


def _inspected_own(name: str, data_root: Path, say: Say) -> Inspection:
    """Of a data set that a function of one's own loads; of event frames no sample is shown."""
    config = DataConfig.model_validate({"dataset": name, "image_size": CATALOG[name].size})
    raw = own_dataset.read(config, data_root)
    say("checksum")
    facts = {"files": 0, "bytes": own_dataset.size(raw), "content_sha256": own_dataset.content_hash(raw)}
    report = _common(name, raw, config) | facts
    if config.info.kind == "images":
        return _of_images(report, raw, say)
    shape, classes = list(raw.train.images.shape[1:]), len(raw.class_names)
    return Inspection({**report, "splits": _counted(shape, raw.train.labels, raw.test.labels, 0, classes)}, None)


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
    shape = list(raw.train.images.shape[1:])
    counted = _counted(shape, raw.train.labels, raw.test.labels, raw.validation, len(raw.class_names))
    say("samples")
    mean, std = channel_statistics(raw.train)
    statistics = {"mean": [round(value, 5) for value in mean], "std": [round(value, 5) for value in std]}
    return Inspection({**report, "statistics": statistics, "splits": counted}, image_preview(raw))


def _of_events(
    name: DatasetName, events: EventSet, config: DataConfig | None, facts: dict[str, Any], say: Say
) -> Inspection:
    """`config` None: a user's own, whose sensor is known only once every event was seen."""
    keep = choose_recordings(events)
    found = survey(events, keep)
    events = replace(events, note="; ".join((events.note, *found.notes)))
    if config is None:
        sensor = sensor_for(found.largest + 1)
        events = replace(events, sensor=sensor)
        own = {"path": "given", "sensor_size": sensor, "image_size": frame_size(sensor)}
        config = DataConfig.model_validate({"dataset": name, "classes": max(2, len(events.class_names)), **own})
    if found.largest >= events.sensor:
        raise DataError(
            f"{events.tree.label}: an event at pixel {found.largest}; the sensor has 0 to {events.sensor - 1}"
        )
    say("classes")
    shape = [2, events.sensor, events.sensor]
    train, test = (np.array([clip.label for clip in part], np.int64) for part in (events.train, events.test))
    counted = _counted(shape, train, test, events.validation, len(events.class_names))
    say("samples")
    report = _common(name, events, _with_classes(config, events.class_names)) | facts
    preview = EventPreview(events.sensor, events.class_names, found.kept, train, test, events.validation)
    return Inspection({**report, "sensor": events.sensor, **found.figures(), "splits": counted}, preview)


def _counted(shape: list[int], train: Labels, test: Labels, validation: int, classes: int) -> dict[str, dict[str, Any]]:
    """Samples, shape and class counts of each split; the last `validation` of `train` are one of their own.

    Raises DataError where nothing can be learnt from them.
    """
    cut = len(train) - validation
    parts = {"train": train[:cut], "validation": train[cut:], "test": test}
    counts = {name: np.bincount(labels, minlength=classes) for name, labels in parts.items()}
    if np.count_nonzero(counts["train"]) < 2:
        raise DataError(f"{np.count_nonzero(counts['train'])} class has training samples; at least 2 are needed")
    if len(parts["train"]) < MIN_TRAINING or not len(test):
        raise DataError(f"{len(parts['train'])} training and {len(test)} test samples; at least {MIN_TRAINING} and 1")
    return {
        name: {"samples": len(labels), "shape": shape, "class_counts": counts[name].tolist()}
        for name, labels in parts.items()
        if len(labels) or name != "validation"
    }


def _recording(path: Path) -> dict[str, Any]:
    found = decode(_single(path), path.name)
    return {
        "dataset": None,
        "kind": "events",
        "note": "; ".join(("one recording", *found.notes)),
        "events": len(found),
        "duration_us": found.duration,
        "on_share": round(float(found.p.mean()), 4),
        "largest": {"x": int(found.x.max()), "y": int(found.y.max())},
    }


def _single(path: Path) -> bytes:
    if path.stat().st_size > MAX_SINGLE:
        raise DataError(f"{path.name}: has {path.stat().st_size:,} bytes; at most {MAX_SINGLE:,}")
    return path.read_bytes()
