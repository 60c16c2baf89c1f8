"""Images at a fraction of their size, by averaging. No torch."""

from __future__ import annotations

import numpy as np

from engine.data.images import Images, Raw
from engine.errors import DataError


def at_size(raw: Raw, size: int) -> Raw:
    """Every image [N, C, size, size]; a larger one is averaged over blocks. Raises DataError where that is not even."""
    if raw.train.images.shape[2:] == (size, size) and raw.test.images.shape[2:] == (size, size):
        return raw
    return Raw(_reduced(raw.train, size), _reduced(raw.test, size), raw.class_names, raw.note)


def _reduced(images: Images, size: int) -> Images:
    n, channels, height, width = images.images.shape
    factor = height // size
    if height != width or factor * size != height:
        raise DataError(f"data.image_size: images of {height}×{width} pixels cannot be averaged to {size}×{size}")
    blocks = images.images.reshape(n, channels, size, factor, size, factor)
    return Images(np.round(blocks.mean(axis=(3, 5), dtype=np.float32)).astype(np.uint8), images.labels)
