"""What a study's `data` should say of a user's own files: channels and size of images, sensor of events."""

from __future__ import annotations

from engine.config.data import DataConfig
from engine.data.events.event_set import EventSet
from engine.data.files.tree import Tree
from engine.data.images import Raw
from engine.data.readers import event_folder
from engine.data.readers import own_images as images_of_user
from engine.data.readers.sizes import LEAST, MOST

USUAL_SENSORS = (34, 128, 240, 304, 320, 346, 640, 1280)
LARGEST_SENSOR = 2048


def own_images(tree: Tree) -> tuple[Raw, DataConfig]:
    """A user's images at the size proposed for a study, and its `data`. Raises DataError."""
    raw = images_of_user.read(tree, None, None)
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
