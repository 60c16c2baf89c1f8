"""What a trained network keeps of its data: preprocessing, classes, and the hashes of every sample by split."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import ValidationError

from engine.config.study import StudyConfig
from engine.data.evaluated.content import METHOD, Hashes, sample_hashes
from engine.data.files.split_names import Split
from engine.data.load import Dataset
from engine.data.preprocessing.kept import Preprocessing
from engine.errors import DataError

TENSORS = "samples/"
"""What the names of a record's arrays begin with."""


@dataclass(frozen=True)
class DataRecord:
    """`train` [n] and `test` [m] are hashes in the order of the study; `validation` [v] are indices into `train`.

    A retrained network saw all of `train`, the validation samples of the search among them. `parted`: the files
    themselves named the validation split, so the digest of the data tells it.
    """

    preprocessing: Preprocessing
    classes: tuple[str, ...]
    train: Hashes
    validation: NDArray[np.int64]
    test: Hashes
    parted: bool = False

    def split(self, name: Split) -> Hashes:
        """The hashes of a split. As for a study, `train` holds the validation samples too."""
        return {"train": self.train, "validation": self.train[self.validation], "test": self.test}[name]

    def require(self, config: StudyConfig) -> None:
        """Raise DataError where it is the record of another network than the config's."""
        how, own = self.preprocessing, config.input
        wanted = {
            "preprocessing.kind": (how.kind, config.data.info.kind),
            "preprocessing.input": (how.input, (own.channels, own.height, own.width)),
            "preprocessing.time_steps": (how.time_steps, config.network.time_steps),
            "preprocessing.mean": (len(how.mean), own.channels if how.coding == "direct" else 0),
            "preprocessing.std": (len(how.std), own.channels if how.coding == "direct" else 0),
            "classes": (len(self.classes), own.classes),
        }
        for field, (found, there) in wanted.items():
            if found != there:
                raise DataError(f"{field}: {found}, the network has {there}")

    def document(self) -> dict[str, Any]:
        """The part of a package's document that is text and numbers."""
        counts = {split: len(self.split(split)) for split in ("train", "validation", "test")}
        return {
            "preprocessing": self.preprocessing.model_dump(mode="json"),
            "classes": list(self.classes),
            "samples": {**counts, "own_validation": self.parted, "hash": METHOD},
        }

    def arrays(self) -> dict[str, NDArray[np.int64]]:
        """The part that is arrays [n], by name."""
        of = {"train": self.train, "validation": self.validation, "test": self.test}
        return {f"{TENSORS}{name}": values for name, values in of.items()}


def record_of(config: StudyConfig, data: Dataset) -> DataRecord:
    """The record of a study's data."""
    images, own = config.data.info.kind == "images", config.input
    preprocessing = Preprocessing(
        kind=config.data.info.kind,
        input=(own.channels, own.height, own.width),
        coding=data.encoding.coding,
        time_steps=data.encoding.time_steps,
        mean=data.encoding.mean,
        std=data.encoding.std,
        seed=data.encoding.seed,
        resize=data.resize,
        value_range=data.value_range,
        first_label=data.first_label,
        frames_by=None if images else config.data.frames_by,
        sensor=None if images else config.data.sensor,
    )
    train, test = sample_hashes(data.full_train), sample_hashes(data.test)
    return DataRecord(preprocessing, data.class_names, train, data.validation_at, test, data.parted)


def read_record(document: Mapping[str, Any], arrays: Mapping[str, NDArray[np.int64]]) -> DataRecord | None:
    """The record in a package; None in one of before it was kept. Raises DataError for one that is not whole."""
    if "preprocessing" not in document:
        return None
    try:
        preprocessing = Preprocessing.model_validate(document["preprocessing"], strict=False)
        train, validation, test = (arrays[f"{TENSORS}{name}"] for name in ("train", "validation", "test"))
        classes, parted = tuple(map(str, document["classes"])), bool(document["samples"]["own_validation"])
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        raise DataError(f"preprocessing.{'.'.join(map(str, first['loc']))}: {first['msg']}") from error
    except (KeyError, TypeError) as error:
        raise DataError(f"its record of the data is not whole: {error}") from error
    _check(classes, train, validation, test)
    return DataRecord(preprocessing, classes, train, validation, test, parted)


def _check(classes: tuple[str, ...], *arrays: NDArray[np.int64]) -> None:
    if len(classes) < 2:
        raise DataError(f"classes: at least 2, got {len(classes)}")
    if any(values.ndim != 1 or values.dtype != np.int64 for values in arrays):
        raise DataError(f"{TENSORS}…: must be int64 [N], got {[f'{a.dtype} {list(a.shape)}' for a in arrays]}")
    train, validation, _ = arrays
    if len(validation) and not 0 <= validation.min() <= validation.max() < len(train):
        raise DataError(f"{TENSORS}validation: must be indices 0 to {len(train) - 1}")
