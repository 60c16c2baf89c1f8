"""What a path holds, found out in stages and told as plain JSON values: `python -m engine data PATH`. No torch."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from engine.catalog import CATALOG, DatasetName
from engine.config import DataConfig
from engine.data.decoders import SUFFIXES, decode
from engine.data.event_set import EventSet
from engine.data.images import Raw
from engine.data.locate import candidates
from engine.data.readers import READERS, Reader
from engine.data.recording import Recording
from engine.data.tree import Tree
from engine.errors import DataError

ORDER: tuple[DatasetName, ...] = (
    "cifar10", "cifar100", "svhn", "tiny_imagenet", "mnist", "dvs128_gesture", "cifar10_dvs", "n_mnist", "events",
    "images",
)  # fmt: skip
FASHION_MEAN = 0.2
"""MNIST's mean is 0.131, Fashion-MNIST's 0.286: their files have the same names, so the pixels decide."""
MAX_SINGLE = 1_000_000_000


def inspect(path: Path) -> dict[str, Any]:
    """Format, splits, shapes, classes, counts, checksum verdict and content hash. Raises DataError with the reason."""
    started = time.monotonic()
    if path.is_file() and path.name.lower().endswith(SUFFIXES) and path.suffix.lower() != ".npz":
        return _recording(path)
    trees = list(candidates(path))
    if not trees:
        raise DataError(f"{path}: there is no such file or folder")
    for name in ORDER:
        for tree in trees:
            if READERS[name].recognises(tree) and _is_named(name, tree):
                found = _described(name, tree)
                return {**found, "seconds": round(time.monotonic() - started, 3)}
    raise DataError(f"{path.name}: no known data set: {_seen(trees[0])}")


def _is_named(name: DatasetName, tree: Tree) -> bool:
    """Class folders of events are one of the built-in sets only where every folder has one of its class names."""
    fits: Mapping[str, Callable[[set[str]], bool]] = {
        "n_mnist": lambda folders: folders <= set(map(str, range(10))) and any(n.endswith(".bin") for n in tree.names),
        "cifar10_dvs": lambda folders: folders <= set(_classes("cifar10_dvs")),
    }
    folders = {file.split("/")[-2] for file in tree.names if file.lower().endswith(SUFFIXES) and "/" in file}
    return name not in fits or fits[name](folders)


def _classes(name: str) -> tuple[str, ...]:
    from engine.data.cifar10 import CLASSES

    return CLASSES if name == "cifar10_dvs" else ()


def _described(name: DatasetName, tree: Tree) -> dict[str, Any]:
    found, config = _opened(name, tree)
    if name == "mnist" and isinstance(found, Raw) and float(found.train.images.mean()) / 255 > FASHION_MEAN:
        return _described("fashion_mnist", tree)
    info = CATALOG[name]
    common = {
        "dataset": name,
        "title": info.title,
        "kind": info.kind,
        "note": found.note,
        "classes": list(found.class_names),
        "licence": info.licence,
        "citation": info.citation,
        "files": len(tree.names),
        "bytes": sum(map(tree.size, tree.names)),
        "content_sha256": tree.content_hash(),
        "config": config.model_dump(mode="json", exclude_defaults=True, exclude={"path"}),
    }
    return {**common, **(_of_events(found) if isinstance(found, EventSet) else _of_images(found))}


def _opened(name: DatasetName, tree: Tree) -> tuple[Raw | EventSet, DataConfig]:
    """Read with the first settings that fit, and the settings: what a study's `data` must say."""
    reader = READERS[name]
    info = CATALOG[name]
    if name == "images":
        return _own_images(reader, tree)
    if name == "events":
        events = _with_sensor(reader, tree)
        frame = {"sensor_size": events.sensor, "image_size": _frame(events)}
        return events, _own_config("events", len(events.class_names), **frame)
    config = DataConfig.model_validate({"dataset": name, "image_size": info.size})
    found = reader.read(tree, config)
    if isinstance(found, Raw) and len(found.class_names) != info.classes:
        config = config.model_copy(update={"classes": len(found.class_names)})
    return found, config


def _own_images(reader: Reader, tree: Tree) -> tuple[Raw, DataConfig]:
    """In colour, unless the arrays say that they are grey; at their own size if it is even and bounded, else 32."""
    errors = []
    for channels in (3, 1):
        for size in (32, 28, 64, 16, 8, 128):
            config = _own_config("images", 2, channels=channels, image_size=size)
            try:
                found = reader.read(tree, config)
            except DataError as error:
                errors.append(error)
                continue
            assert isinstance(found, Raw)
            return found, config.model_copy(update={"classes": len(found.class_names)})
    raise errors[0]


def _own_config(dataset: str, classes: int, **more: object) -> DataConfig:
    return DataConfig.model_validate({"dataset": dataset, "path": "given", "classes": max(classes, 2), **more})


def _with_sensor(reader: Reader, tree: Tree) -> EventSet:
    """The sensor is the smallest usual one that holds every event."""
    found = reader.read(tree, _own_config("events", 2, sensor_size=2048))
    assert isinstance(found, EventSet)
    largest = max(int(max(part.x.max(), part.y.max())) for _, part in found.recordings(found.clips)) + 1
    sensor = next((usual for usual in (34, 128, 240, 304, 320, 346, 640, 1280) if usual >= largest), largest)
    return EventSet(found.tree, found.class_names, found.train, found.test, sensor, found.note)


def _frame(events: EventSet) -> int:
    """Size of the frames proposed to a study: a quarter of a large sensor."""
    return events.sensor if events.sensor <= 64 else max(8, min(128, events.sensor // 4))


def _of_images(raw: Raw) -> dict[str, Any]:
    splits = {"train": raw.train, "test": raw.test}
    return {
        "splits": {
            name: {
                "samples": len(part.labels),
                "shape": list(part.images.shape[1:]),
                "class_counts": np.bincount(part.labels, minlength=len(raw.class_names)).tolist(),
            }
            for name, part in splits.items()
        }
    }


def _of_events(events: EventSet) -> dict[str, Any]:
    counts, durations, largest = [], [], 0
    for _, part in events.recordings(events.clips):
        counts.append(len(part))
        durations.append(part.duration)
        largest = max(largest, int(part.x.max()), int(part.y.max()))
    if largest >= events.sensor:
        raise DataError(f"{events.tree.label}: an event at pixel {largest}; the sensor has 0 to {events.sensor - 1}")
    splits = {"train": events.train, "test": events.test}
    return {
        "sensor": events.sensor,
        "events": {"total": sum(counts), "median": int(np.median(counts)), "most": max(counts)},
        "duration_us": {"median": int(np.median(durations)), "longest": max(durations)},
        "splits": {
            name: {
                "samples": len(part),
                "shape": [2, events.sensor, events.sensor],
                "class_counts": np.bincount([clip.label for clip in part], minlength=len(events.class_names)).tolist(),
            }
            for name, part in splits.items()
        },
    }


def _recording(path: Path) -> dict[str, Any]:
    if path.stat().st_size > MAX_SINGLE:
        raise DataError(f"{path.name}: has {path.stat().st_size:,} bytes; at most {MAX_SINGLE:,}")
    found: Recording = decode(path.read_bytes(), path.name)
    return {
        "dataset": None,
        "kind": "events",
        "note": "one recording",
        "events": len(found),
        "duration_us": found.duration,
        "on_share": round(float(found.p.mean()), 4),
        "largest": {"x": int(found.x.max()), "y": int(found.y.max())},
    }


def _seen(tree: Tree) -> str:
    """What is there instead, for people to recognise."""
    if not tree.names:
        return "it is empty"
    nested = [name for name in tree.names if name.lower().endswith((".zip", ".tar", ".gz", ".tgz"))]
    if nested:
        return f"it holds the archive {nested[0][:80]!r}; unpack that one level"
    named = ", ".join(name[:60] for name in tree.names[:5])
    return f"it holds {len(tree.names):,} files ({named}, …)" if len(tree.names) > 5 else f"it holds {named}"
