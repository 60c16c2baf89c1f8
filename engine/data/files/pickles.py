"""Reads the pickles CIFAR ships in, and nothing else a pickle can do."""

from __future__ import annotations

import io
import pickle
from typing import Any

import numpy as np

from engine.errors import DataError

MAX_BYTES = 200_000_000
ALLOWED = {
    ("numpy.core.multiarray", "_reconstruct"),
    ("numpy._core.multiarray", "_reconstruct"),
    ("numpy", "ndarray"),
    ("numpy", "dtype"),
    ("numpy.core.numeric", "_frombuffer"),
    ("numpy._core.numeric", "_frombuffer"),
    ("numpy.core.multiarray", "scalar"),
    ("numpy._core.multiarray", "scalar"),
    ("_codecs", "encode"),
}
"""The globals official and re-saved CIFAR batches use; a pickle that asks for another is refused unread.

`_frombuffer` is how protocol 5 keeps arrays, `scalar` how any keeps labels that are NumPy numbers. None of them opens,
imports or runs anything.
"""


class _Restricted(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        if (module, name) not in ALLOWED:
            raise DataError(f"the pickle asks for {module}.{name}, which image data never needs")
        return super().find_class(module.replace("numpy.core", "numpy._core"), name)


def read_batch(data: bytes, name: str) -> dict[str, Any]:
    """The dictionary of one batch. Raises DataError naming the file where it is too large, unsafe or damaged."""
    if len(data) > MAX_BYTES:
        raise DataError(f"{name}: at most {MAX_BYTES:,} bytes, got {len(data):,}")
    try:
        found = _Restricted(io.BytesIO(data), encoding="latin1").load()
    except DataError as error:
        raise DataError(f"{name}: {error}") from error
    except Exception as error:  # a damaged pickle can raise anything
        raise DataError(f"{name}: not a CIFAR batch, or truncated ({type(error).__name__})") from error
    if not isinstance(found, dict):
        raise DataError(f"{name}: holds a {type(found).__name__}, not the dictionary of a CIFAR batch")
    return {_text(key): value for key, value in found.items()}


def _text(key: Any) -> Any:
    """Keys that Python 3 has saved as bytes, as those are who unpickled the official files with encoding="bytes"."""
    return key.decode("latin1") if isinstance(key, bytes) else key


def as_labels(value: Any) -> list[Any] | None:
    """Labels from a list or a one-dimensional array, as a list; None for anything else."""
    if isinstance(value, np.ndarray) and value.ndim == 1 and value.dtype.kind in "iu":
        return list(value.tolist())
    return value if isinstance(value, list) else None
