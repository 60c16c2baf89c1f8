"""Images with labels, as they lie in memory: decoded once, kept as uint8."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.data.files.split_names import Split
from engine.data.preprocessing.coding import Resize, ValueRange
from engine.errors import DataError

COUNTED_AT_ONCE = 1000
"""Images of which a channel is counted at once: at 128 × 128 pixels 131 MB as int64."""
SHAPES_AND_TYPES = ((4, "uint8"), (5, "uint8"), (5, "int16"))


@dataclass(frozen=True)
class Images:
    """`images` uint8 [N, C, H, W], or event frames [N, T, 2, H, W] as uint8 or int16; `labels` int64 [N]."""

    images: NDArray[np.uint8] | NDArray[np.int16]
    labels: NDArray[np.int64]

    def __post_init__(self) -> None:
        if (self.images.ndim, self.images.dtype.name) not in SHAPES_AND_TYPES:
            raise DataError(
                "images must be uint8 [N, C, H, W], or event frames [N, T, 2, H, W] in uint8 or int16, got "
                f"{self.images.dtype} {list(self.images.shape)}"
            )
        if self.labels.shape != (len(self.images),) or self.labels.dtype != np.int64:
            raise DataError(f"labels must be int64 [{len(self.images)}], got {self.labels.dtype} {self.labels.shape}")

    def take(self, indices: NDArray[Any]) -> Images:
        """The images and labels at `indices` [K], in their order."""
        return Images(self.images[indices], self.labels[indices])


@dataclass(frozen=True)
class Raw:
    """A data set as its files give it: official training and test split, before any subset or validation split.

    The last `validation` training samples are the validation split that the files bring; 0: they bring none. `drawn`:
    the files name no test split, and it was drawn. `resize` and `value_range` tell how pixels were taken; no range for
    what are bytes. `first_label` is the number that the files give the first class.
    """

    train: Images
    test: Images
    class_names: tuple[str, ...]
    note: str
    validation: int = 0
    drawn: bool = False
    resize: Resize = "average"
    value_range: ValueRange | None = None
    first_label: int = 0

    def noted(self, *clauses: str) -> Raw:
        """The same with more clauses in its note."""
        return replace(self, note="; ".join([self.note, *clauses]))


@dataclass(frozen=True)
class Samples:
    """Labelled samples to evaluate a trained network on: label k is `class_names[k]`.

    `splits` names each sample's split, None where the files name none. `numbered`: the labels are numbers, not names.
    """

    images: Images
    class_names: tuple[str, ...]
    splits: tuple[Split, ...] | None
    note: str
    numbered: bool = False

    def noted(self, *clauses: str) -> Samples:
        """The same with more clauses in its note."""
        return replace(self, note="; ".join([self.note, *clauses]))


def channel_statistics(images: Images) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Mean and standard deviation of pixels in 0…1 per channel, from exact integer histograms (no float image)."""
    means, deviations = [], []
    for channel in range(images.images.shape[1]):
        counts = _histogram(images.images[:, channel]).astype(np.float64)
        values = np.arange(len(counts)) / 255
        mean = float((counts * values).sum() / counts.sum())
        means.append(mean)
        deviations.append(max(float(np.sqrt((counts * (values - mean) ** 2).sum() / counts.sum())), 1e-8))
    return tuple(means), tuple(deviations)


def _histogram(pixels: NDArray[Any]) -> NDArray[np.int64]:
    """How often each of 256 values comes; in parts, for `bincount` copies what it counts as int64."""
    total = np.zeros(256, np.int64)
    for start in range(0, len(pixels), COUNTED_AT_ONCE):
        total += np.bincount(pixels[start : start + COUNTED_AT_ONCE].ravel(), minlength=256)
    return total
