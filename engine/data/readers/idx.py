"""MNIST and Fashion-MNIST in LeCun's idx format, plain or gzipped. No torch."""

from __future__ import annotations

import gzip
import io
import math
import struct
import zlib

import numpy as np
from numpy.typing import NDArray

from engine.data.files.tree import Tree
from engine.data.images import Images, Raw
from engine.errors import DataError

IMAGES, LABELS = {"train": "train-images", "test": "t10k-images"}, {"train": "train-labels", "test": "t10k-labels"}
MAX_FILE, MAX_CONTENT = 100_000_000, 200_000_000
UBYTE = 0x08
FASHION = (
    "T-shirt/top", "trouser", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "ankle boot",
)  # fmt: skip
DIGITS = tuple(str(digit) for digit in range(10))


def recognises(tree: Tree) -> bool:
    return _files(tree) is not None


def read(tree: Tree, title: str, names: tuple[str, ...]) -> Raw:
    """Both official splits, [N, 1, 28, 28]. Raises DataError naming the file that is missing or wrong."""
    files = _files(tree)
    if files is None:
        raise DataError(
            f"{tree.label}: needs the four idx files train-images…, train-labels…, t10k-images…, t10k-labels…"
        )
    content = dict(tree.each(files.values(), MAX_FILE))
    train, test = (
        _split(*((files[key], content[files[key]]) for key in (IMAGES[part], LABELS[part])))
        for part in ("train", "test")
    )
    return Raw(train, test, names, f"{title}, idx, {len(train.labels):,} + {len(test.labels):,} images")


def _files(tree: Tree) -> dict[str, str] | None:
    """Beginning of the official name → the file, wherever in the tree; None where one is missing."""
    found: dict[str, str] = {}
    for wanted in (*IMAGES.values(), *LABELS.values()):
        named = [name for name in tree.names if name.split("/")[-1].startswith(wanted) and "idx" in name.split("/")[-1]]
        if not named:
            return None
        found[wanted] = min(named, key=lambda name: (name.endswith(".gz"), name))
    return found


def _split(images: tuple[str, bytes], labels: tuple[str, bytes]) -> Images:
    pixels, numbers = _array(*images, 3), _array(*labels, 1)
    if pixels.shape[1:] != (28, 28):
        raise DataError(f"{images[0]}: images must be 28×28, got {pixels.shape[1]}×{pixels.shape[2]}")
    if len(pixels) != len(numbers):
        raise DataError(f"{images[0]}: {len(pixels):,} images but {len(numbers):,} labels")
    if len(numbers) and numbers.max() > 9:
        raise DataError(f"{labels[0]}: labels must be 0 to 9, got {numbers.max()}")
    return Images(np.ascontiguousarray(pixels)[:, None], numbers.astype(np.int64))


def _array(name: str, data: bytes, dimensions: int) -> NDArray[np.uint8]:
    """Header: two zero bytes, the type, the number of dimensions, each as big-endian 32 bits."""
    content = _unpacked(name, data)
    if len(content) < 4 + 4 * dimensions or content[:2] != b"\0\0" or content[2] != UBYTE or content[3] != dimensions:
        raise DataError(f"{name}: not an idx file of unsigned bytes with {dimensions} dimensions")
    shape = struct.unpack(f">{dimensions}I", content[4 : 4 + 4 * dimensions])
    held = len(content) - 4 - 4 * dimensions
    if math.prod(shape) != held:
        raise DataError(f"{name}: declares {list(shape)} = {math.prod(shape):,} bytes, holds {held:,}")
    return np.frombuffer(content, np.uint8, offset=4 + 4 * dimensions).reshape(shape)


def _unpacked(name: str, data: bytes) -> bytes:
    if not data.startswith(b"\x1f\x8b"):
        return data
    try:
        with gzip.open(io.BytesIO(data)) as file:
            content = file.read(MAX_CONTENT + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise DataError(f"{name}: damaged or truncated gzip: {error}") from error
    if len(content) > MAX_CONTENT:
        raise DataError(f"{name}: unpacks to more than {MAX_CONTENT:,} bytes")
    return content
