"""Data sets of one's own that a function loads. One is added by `register`, before a config names it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from engine.config.catalog import CATALOG, Augmentation, DatasetInfo, Kind
from engine.errors import RegistryError
from engine.schema.own import note_source, require_name

Load = Callable[[Path], tuple[tuple[Any, Any], tuple[Any, Any]]]
"""The folder of the data set → ((training images, labels), (test images, labels)), as NumPy arrays."""
SMALLEST, LARGEST = 8, 128
"""Height and width of a sample in pixels."""


@dataclass(frozen=True)
class OwnDataset:
    """All that is known of a data set of one's own.

    `shape` is (C, H, W) of a sample, square, of one or three channels. With `time_steps` a sample is T event frames of
    two channels. `load` is given the folder of the data set: `data.path` below the data root, or the one of its name;
    it need not be there. It gives uint8 images [N, C, H, W], or event frames [N, T, 2, H, W] of uint8 or int16, and
    labels [N], places in `classes`.
    """

    name: str
    title: str
    shape: tuple[int, int, int]
    classes: tuple[str, ...]
    load: Load
    time_steps: int | None = None
    augmentation: Augmentation = "none"
    licence: str = ""
    citation: str = ""


OWN: dict[str, OwnDataset] = {}


def register(dataset: OwnDataset) -> None:
    """Add a data set of one's own to the catalogue. Raises RegistryError where a name is taken or a shape is none."""
    require_name("dataset", dataset.name, CATALOG)
    _require_shape(dataset)
    note_source("dataset", dataset.name, dataset)
    OWN[dataset.name] = dataset
    CATALOG[dataset.name] = _info(dataset)


def _require_shape(dataset: OwnDataset) -> None:
    channels, height, width = dataset.shape
    allowed = (1, 3) if dataset.time_steps is None else (2,)
    if channels not in allowed or height != width or not SMALLEST <= height <= LARGEST:
        many = " or ".join(map(str, allowed))
        raise RegistryError(
            f"data set {dataset.name!r}: shape must be ({many}, H, H) with H from {SMALLEST} to {LARGEST}, got "
            f"{dataset.shape}"
        )
    if len(set(dataset.classes)) < max(2, len(dataset.classes)):
        raise RegistryError(f"data set {dataset.name!r}: classes must be at least 2 different names")


def _info(dataset: OwnDataset) -> DatasetInfo:
    channels, size, _ = dataset.shape
    kind: Kind = "images" if dataset.time_steps is None else "events"
    return DatasetInfo(
        dataset.name, dataset.title, kind, channels, len(dataset.classes), size, (size,), 0, 0, dataset.augmentation,
        dataset.licence or "yours", dataset.citation,
    )  # fmt: skip
