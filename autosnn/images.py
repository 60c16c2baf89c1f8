"""Images and labels as a caller holds them, NumPy arrays or torch tensors, as the engine takes them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.errors import DataError

CHANNELS = (1, 3)
FORM = "[n, H, W], [n, C, H, W] or [n, H, W, C] with 1 or 3 channels"


def array_of(given: Any) -> NDArray[Any]:
    """A NumPy array, a torch tensor on any device, or nested lists, as an array of the same shape."""
    return np.asarray(given.detach().cpu().numpy() if hasattr(given, "detach") else given)


def pixels_of(given: Any, field: str, channels: int | None = None) -> NDArray[np.uint8]:
    """uint8 [n, C, H, W] from `FORM`, uint8 or floats 0…1, which are rounded to 256 levels as a file's are.

    `channels` None: as the array has. Raises DataError, which names the field, for other shapes, types and values.
    """
    return np.ascontiguousarray(_channels_first(_bytes(array_of(given), field), field, channels))


def _bytes(pixels: NDArray[Any], field: str) -> NDArray[np.uint8]:
    if not pixels.size:
        raise DataError(f"{field}: at least one image, got {list(pixels.shape)}")
    if pixels.dtype == np.uint8:
        return pixels
    if pixels.dtype.kind != "f":
        raise DataError(f"{field}: must be uint8, or floats 0…1, got {pixels.dtype}")
    low, high = float(pixels.min()), float(pixels.max())
    if not 0 <= low <= high <= 1:
        raise DataError(f"{field}: floats must be 0…1, before any normalisation, got {low:g} to {high:g}")
    return np.rint(pixels * np.float32(255)).astype(np.uint8)


def _channels_first(pixels: NDArray[np.uint8], field: str, channels: int | None) -> NDArray[np.uint8]:
    """[n, C, H, W]; where both axes could be the channels, the second is."""
    wanted = CHANNELS if channels is None else (channels,)
    if pixels.ndim == 3 and 1 in wanted:
        return pixels[:, None]
    if pixels.ndim == 4 and pixels.shape[1] in wanted:
        return pixels
    if pixels.ndim == 4 and pixels.shape[3] in wanted:
        return pixels.transpose(0, 3, 1, 2)
    asked = FORM if channels is None else f"images of {channels} channel{'s' if channels > 1 else ''}, {FORM}"
    raise DataError(f"{field}: must be {asked}, got {list(pixels.shape)}")


def labels_of(given: Any, field: str, count: int, classes: Sequence[str]) -> NDArray[np.int64]:
    """int64 [n] from whole numbers, or names of `classes`. Raises DataError, which names the field."""
    labels = array_of(given)
    if labels.shape != (count,):
        raise DataError(f"{field}: must be {count:,} labels, one an image, got {list(labels.shape)}")
    if labels.dtype.kind == "U":
        labels = _numbered(labels, field, classes)
    if labels.dtype.kind not in "iu":
        raise DataError(f"{field}: labels must be whole numbers or names of classes, got {labels.dtype}")
    if count and not 0 <= labels.min() <= labels.max() < len(classes):
        wrong = labels[(labels < 0) | (labels >= len(classes))][0]
        raise DataError(f"{field}: labels must be 0 to {len(classes) - 1}, got {wrong}")
    return labels.astype(np.int64)


def _numbered(labels: NDArray[Any], field: str, classes: Sequence[str]) -> NDArray[np.int64]:
    place = {name: label for label, name in enumerate(classes)}
    if unknown := sorted(set(labels.tolist()) - set(place)):
        raise DataError(f"{field}: {unknown[0]!r} is no class; there are {', '.join(classes[:20])}")
    return np.array([place[name] for name in labels.tolist()], np.int64)
