"""A data set from arrays in memory, kept in a file by its content: a study resumes only with the same."""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from autosnn.images import array_of, labels_of, pixels_of
from engine.config.assign import assigned
from engine.config.study import StudyConfig
from engine.data.files.file_trees import open_tree
from engine.data.files.names import natural
from engine.data.readers.array_keys import NAMES_KEY
from engine.errors import DataError
from engine.storage.atomic import write_bytes

FOLDER = "arrays"
"""Below the data root."""
NAMED_BY = 16
"""Digits of the SHA-256 that name the file."""
EPOCH = (1980, 1, 1, 0, 0, 0)


class Arrays:
    """Images and labels to train and to test on.

    `x_*` are NumPy arrays or torch tensors [n, H, W], [n, C, H, W] or [n, H, W, C] with 1 or 3 channels, uint8 or
    floats 0…1. `y_*` are whole numbers from 0, or names. `classes` names them in the order of the labels; left out,
    they are called by their labels. Raises DataError, which names the array, for anything else.
    """

    def __init__(
        self, x_train: Any, y_train: Any, x_test: Any, y_test: Any, *, classes: Sequence[str] | None = None
    ) -> None:
        train, test = pixels_of(x_train, "x_train"), pixels_of(x_test, "x_test")
        if train.shape[1:] != test.shape[1:]:
            raise DataError(
                f"x_test: must be [n, {', '.join(map(str, train.shape[1:]))}] as x_train, got {list(test.shape)}"
            )
        self.classes = _classes(array_of(y_train), classes)
        self.arrays: dict[str, NDArray[Any]] = {
            "x_train": train,
            "y_train": labels_of(y_train, "y_train", len(train), self.classes),
            "x_test": test,
            "y_test": labels_of(y_test, "y_test", len(test), self.classes),
            NAMES_KEY: np.array(self.classes),
        }

    @cached_property
    def content(self) -> bytes:
        """The arrays as .npz: the same bytes for the same arrays."""
        file = io.BytesIO()
        with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
            for name, array in self.arrays.items():
                member = io.BytesIO()
                np.lib.format.write_array(member, array, version=(1, 0), allow_pickle=False)
                archive.writestr(zipfile.ZipInfo(f"{name}.npy", EPOCH), member.getvalue())
        return file.getvalue()

    @cached_property
    def sha256(self) -> str:
        """SHA-256 of `content`."""
        return hashlib.sha256(self.content).hexdigest()

    def into(self, config: StudyConfig, data_root: Path) -> StudyConfig:
        """The study on these arrays, which are kept below the data root, at the study's `data.image_size`."""
        path = f"{FOLDER}/{self.sha256[:NAMED_BY]}.npz"
        if not (data_root / path).exists():
            write_bytes(data_root / path, self.content)
        own = {"classes": len(self.classes), "channels": self.arrays["x_train"].shape[1]}
        data = config.data.model_dump(mode="json") | own | {"dataset": "images", "path": path, "sensor_size": None}
        data |= {"content_sha256": open_tree(data_root / path).content_hash(), "frames_by": "count"}
        return assigned(config, [("data", data)])

    def __repr__(self) -> str:
        train, test = self.arrays["x_train"], self.arrays["x_test"]
        shape = "×".join(map(str, train.shape[1:]))
        return f"<autosnn.Arrays {len(train):,} and {len(test):,} images of {shape}, {len(self.classes)} classes>"


def _classes(labels: NDArray[Any], names: Sequence[str] | None) -> tuple[str, ...]:
    """The classes' names: as given, else the labels that there are."""
    if names is None and labels.dtype.kind == "U":
        names = sorted(set(labels.tolist()), key=natural)
    elif names is None:
        largest = int(labels.max()) if labels.size and labels.dtype.kind in "iu" else 0
        names = [str(label) for label in range(largest + 1)]
    found = tuple(map(str, names))
    if len(found) < 2 or len(set(found)) < len(found):
        raise DataError(f"classes: must be at least 2 different names, got {', '.join(found[:20]) or 'none'}")
    return found
