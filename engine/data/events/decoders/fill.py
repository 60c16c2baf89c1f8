"""State that words of a stream set and later words use, carried along vectorised. No torch."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray


def filled(at: NDArray[Any], values: NDArray[np.int64], count: int, before: int) -> NDArray[np.int64]:
    """[count]: at each word the value set last, at this word or earlier; `before` where none was. `at` rises."""
    lengths = np.diff(np.concatenate([[0], at, [count]]))
    return np.repeat(np.concatenate([np.array([before], np.int64), values]), lengths)


def set_bits(masks: NDArray[Any], width: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """(place of the mask, bit) of every bit set in `masks` [n], the lowest first. `width` is a mask's bits."""
    bits = masks[:, None] >> np.arange(width, dtype=masks.dtype) & masks.dtype.type(1)
    place, bit = np.nonzero(bits)
    return place.astype(np.int64), bit.astype(np.int64)
