"""What a study's `data` should say of a user's own files: channels and size of images, sensor of events. No torch."""

from __future__ import annotations

from engine.config.data import DataConfig
from engine.data.events.event_set import EventSet
from engine.data.files.tree import Tree
from engine.data.images import Raw
from engine.data.readers import arrays, event_folder, image_folder
from engine.data.reduce import at_size
from engine.errors import DataError

LEAST, MOST = 8, 128
"""Bounds of data.image_size."""
FRAME_SIZES = (64, 32, 28, 16, 8)
USUAL_SENSORS = (34, 128, 240, 304, 320, 346, 640, 1280)
LARGEST_SENSOR = 2048


def own_images(tree: Tree) -> tuple[Raw, DataConfig]:
    """Arrays at their own size, or at the largest even fraction of it; image files at 64 pixels or the next below.

    Raises DataError for images that are not square arrays, or smaller than 8 pixels.
    """
    if arrays.recognises(tree):
        raw = arrays.read(tree, None, None)
        _, height, width = raw.train.images.shape[1:]
        size = next((height // k for k in range(1, height) if height % k == 0 and height // k <= MOST), 0)
        if height != width or size < LEAST:
            raise DataError(f"{tree.label}: arrays of {height}×{width} pixels; they must be square, {LEAST} at least")
        raw = at_size(raw, size)
    else:
        channels, side = image_folder.natural(tree)
        if side < LEAST:
            raise DataError(f"{tree.label}: an image with a side of {side} pixels; at least {LEAST}")
        raw = image_folder.read(tree, next(size for size in FRAME_SIZES if size <= side), channels)
    found, size = raw.train.images.shape[1:3]
    config = {"dataset": "images", "path": "given", "channels": found, "image_size": size}
    return raw, DataConfig.model_validate({**config, "classes": max(2, len(raw.class_names))})


def own_events(tree: Tree) -> EventSet:
    """As if made by the largest sensor there may be; `sensor_for` names the real one once all events were seen."""
    return event_folder.read(tree, LARGEST_SENSOR, f"events of {tree.label}")


def sensor_for(needed: int) -> int:
    """The smallest usual sensor that holds `needed` pixels."""
    return next((usual for usual in USUAL_SENSORS if usual >= needed), max(needed, LEAST))


def frame_size(sensor: int) -> int:
    """Size of the frames proposed to a study: a quarter of a large sensor."""
    return sensor if sensor <= 64 else max(LEAST, min(MOST, sensor // 4))
