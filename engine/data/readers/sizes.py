"""The size that is proposed for images of a user, whose files may be of any."""

from __future__ import annotations

from engine.errors import DataError

LEAST, MOST = 8, 128
"""Bounds of data.image_size."""
USUAL = (64, 32, 28, 16, 8)


def picture_size(side: int) -> int:
    """The largest usual size that enlarges no picture, by the smallest side of all."""
    return next(size for size in USUAL if size <= side)


def array_size(label: str, height: int, width: int) -> int:
    """As they are up to 128 pixels; else the largest whole fraction from 64 to 128, or 64 where there is none (299).

    Raises DataError below 8 pixels.
    """
    side = min(height, width)
    if side < LEAST:
        raise DataError(f"{label}: images of {height}×{width} pixels; at least {LEAST}×{LEAST}")
    if side <= MOST:
        return side
    return next((size for size in range(MOST, USUAL[0], -1) if side % size == 0), USUAL[0])
