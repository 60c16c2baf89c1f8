"""A data set of one's own: bars of two directions in noise, drawn with a fixed seed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from engine.config.own_datasets import OwnDataset
from engine.parts.register import register

SIZE = 8


def load(folder: Path) -> tuple[tuple[Any, Any], tuple[Any, Any]]:
    """((training images, labels), (test images, labels)): uint8 [N, 1, 8, 8] and whole numbers [N].

    `folder` is `data.path` below the data root, or the folder there of this data set's name. Read your files from it.
    The samples must be the same each time: their SHA-256 belongs to the study.
    """
    rng = np.random.default_rng(0)
    return _drawn(160, rng), _drawn(40, rng)


def _drawn(count: int, rng: np.random.Generator) -> tuple[Any, Any]:
    images = rng.integers(0, 100, (count, 1, SIZE, SIZE), dtype=np.uint8)
    labels = np.arange(count) % 2
    for image, label, place in zip(images, labels, rng.integers(0, SIZE, count), strict=True):
        if label:
            image[0, place] = 255  # class 1: a row
        else:
            image[0, :, place] = 255  # class 0: a column
    return images, labels


register(OwnDataset(name="bars", title="Bars", shape=(1, SIZE, SIZE), classes=("column", "row"), load=load))
