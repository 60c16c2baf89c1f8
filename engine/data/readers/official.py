"""Whether files are official, a part, or an unverified copy; and labels as the official sets have them."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.data.images import Images
from engine.errors import DataError


def verdict(
    train: Images, test: Images, official: tuple[int, int], files: Mapping[str, bytes], md5: Mapping[str, str]
) -> str:
    """What counts and checksums say, for a data set's note; a cut or re-saved copy is used all the same.

    `official` counts both splits, `md5` names the files that carry them (none: nothing to verify them by).
    """
    if (len(train.labels), len(test.labels)) != official:
        return (
            f", a part ({len(train.labels):,} of {official[0]:,} training and {len(test.labels):,} of {official[1]:,} "
            "test images)"
        )
    if md5 and all(hashlib.md5(files.get(n, b""), usedforsecurity=False).hexdigest() == s for n, s in md5.items()):
        return ", official checksums"
    return ", complete, an unverified copy (its checksums are not the official ones)"


def checked_labels(name: str, labels: Any, count: int, classes: int) -> NDArray[np.int64]:
    """[count] whole numbers from 0 to classes − 1. Raises DataError."""
    try:
        numbers = np.asarray(labels)
    except (ValueError, OverflowError) as error:
        raise DataError(f"{name}: labels must be {count} whole numbers") from error
    if numbers.dtype.kind not in "iu" or numbers.shape != (count,):
        raise DataError(f"{name}: labels must be {count} whole numbers")
    if count == 0 or numbers.min() < 0 or numbers.max() >= classes:
        raise DataError(
            f"{name}: labels must be 0 to {classes - 1}, got {numbers.min(initial=0)} to {numbers.max(initial=0)}"
        )
    return numbers.astype(np.int64)
