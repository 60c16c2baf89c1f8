"""State that words of a stream set and later words use, carried along vectorised."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray


def filled(at: NDArray[Any], values: NDArray[np.int64], count: int, before: int) -> NDArray[np.int64]:
    """[count]: at each word the value set last, at this word or earlier; `before` where none was. `at` rises."""
    lengths = np.diff(np.concatenate([[0], at, [count]]))
    return np.repeat(np.concatenate([np.array([before], np.int64), values]), lengths)


def set_bits(masks: NDArray[Any]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """(place of the mask, bit) of every bit set in `masks` uint16 or uint32 [n], the lowest first."""
    width = masks.dtype.itemsize * 8
    octets = np.ascontiguousarray(masks.astype(masks.dtype.newbyteorder("<"), copy=False)).view(np.uint8)
    found = np.flatnonzero(np.unpackbits(octets, bitorder="little").view(np.bool_))
    return found // width, found % width
