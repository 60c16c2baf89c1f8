"""The UCI optical digits that ship inside scikit-learn: 1,797 real 8×8 images, no network needed."""

from __future__ import annotations

import gzip
import hashlib
import importlib.util
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from engine.data.images import Images, Raw
from engine.data.readers.held_out import with_test_split
from engine.data.reduce import enlarged
from engine.errors import DataError


def read(size: int) -> Raw:
    """Digits at 8, 16 or 32 pixels [N, 1, size, size]; a fixed, class-balanced fifth is the test split."""
    pixels, labels = _table()
    images = Images(enlarged(pixels[:, None], size // 8), labels)
    names = tuple(str(digit) for digit in range(10))
    raw = with_test_split(images, names, "UCI optical digits as scikit-learn ships them")
    return replace(raw, resize="enlarge", drawn=False)  # drawn once and for all, so it is the data set's own


def content_hash() -> str:
    """SHA-256 of the package's file."""
    return hashlib.sha256(_file().read_bytes()).hexdigest()


def size() -> int:
    """Bytes of the package's file."""
    return _file().stat().st_size


def _table() -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Pixels 0…16 scaled to 0…255 as [1797, 8, 8], and labels; read without importing scikit-learn (seconds)."""
    with gzip.open(_file(), "rt") as file:
        table = np.loadtxt(file, delimiter=",", dtype=np.int64)
    pixels: NDArray[np.uint8] = np.round(table[:, :64] * (255 / 16)).astype(np.uint8).reshape(-1, 8, 8)
    return pixels, table[:, 64].copy()


def _file() -> Path:
    spec = importlib.util.find_spec("sklearn")
    if spec is None or not spec.submodule_search_locations:
        raise DataError("digits: scikit-learn, which carries this data set, is not installed; run bin/run again")
    return Path(spec.submodule_search_locations[0]) / "datasets" / "data" / "digits.csv.gz"
