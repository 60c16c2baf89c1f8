"""Images at another size: a fraction of theirs by averaging, any other by resampling."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from engine.data.images import Images, Raw
from engine.data.preprocessing.coding import Resize
from engine.errors import DataError


def at_size(raw: Raw, size: int) -> Raw:
    """Every image [N, C, size, size]; a larger one is averaged over blocks. Raises DataError where that is not even."""
    if raw.train.images.shape[-2:] == (size, size) and raw.test.images.shape[-2:] == (size, size):
        return raw
    return replace(raw, train=_reduced(raw.train, size), test=_reduced(raw.test, size))


def _reduced(images: Images, size: int) -> Images:
    _, _, height, width = images.images.shape
    factor = height // size
    if height != width or factor * size != height:
        raise DataError(f"data.image_size: images of {height}×{width} pixels cannot be averaged to {size}×{size}")
    return Images(_averaged(images.images, size), images.labels)


def resized_to(images: NDArray[Any], size: int) -> tuple[NDArray[np.uint8], str]:
    """(uint8 [N, C, size, size], what is to be said of it) from [N, C, H, W]: averaged over blocks where that is even,
    else the centre square of each, resampled."""
    height, width = images.shape[2:]
    if (height, width) == (size, size):
        return images, ""
    if height == width and height % size == 0:
        return _averaged(images, size), f"{height}×{width} pixels averaged to {size}×{size}"
    square = "" if height == width else "the centre square of "
    return _resampled(images, size), f"{square}{height}×{width} pixels resized to {size}×{size}"


def resized(images: NDArray[Any], size: int, resize: Resize) -> tuple[NDArray[np.uint8], str]:
    """(uint8 [N, C, size, size], what is to be said of it) from [N, C, H, W], resized as in a training."""
    height, width = images.shape[2:]
    if (height, width) == (size, size):
        return images, ""
    if resize == "enlarge" and height == width and size % height == 0:
        return enlarged(images, size // height), f"{height}×{width} pixels enlarged to {size}×{size}"
    if resize == "bilinear":
        return _resampled(images, size), f"{height}×{width} pixels resized to {size}×{size}"
    return resized_to(images, size)


def enlarged(pixels: NDArray[np.uint8], factor: int) -> NDArray[np.uint8]:
    """[N, C, H, H] → [N, C, H·factor, H·factor], bilinear between pixel centres, edges repeated."""
    if factor == 1:
        return pixels
    side = pixels.shape[2]
    centres = np.clip((np.arange(side * factor) + 0.5) / factor - 0.5, 0, side - 1)
    low = np.floor(centres).astype(int)
    high = np.minimum(low + 1, side - 1)
    share = centres - low
    values = pixels.astype(np.float64)
    rows = values[:, :, low] * (1 - share)[None, None, :, None] + values[:, :, high] * share[None, None, :, None]
    both = rows[:, :, :, low] * (1 - share) + rows[:, :, :, high] * share
    found: NDArray[np.uint8] = np.round(both).astype(np.uint8)
    return found


def _averaged(images: NDArray[Any], size: int) -> NDArray[np.uint8]:
    n, channels, height, _ = images.shape
    blocks = images.reshape(n, channels, size, height // size, size, height // size)
    found: NDArray[np.uint8] = np.round(blocks.mean(axis=(3, 5), dtype=np.float32)).astype(np.uint8)
    return found


def _resampled(images: NDArray[Any], size: int) -> NDArray[np.uint8]:
    n, channels, height, width = images.shape
    side = min(height, width)
    left, top = (width - side) // 2, (height - side) // 2
    found = np.empty((n, channels, size, size), np.uint8)
    for place in np.ndindex(n, channels):
        plane = Image.fromarray(images[place])
        square = plane.resize((size, size), Image.Resampling.BILINEAR, (left, top, left + side, top + side))
        found[place] = np.asarray(square)
    return found
