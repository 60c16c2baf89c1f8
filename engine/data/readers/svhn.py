"""SVHN, cropped digits: two MATLAB files, of version 5 as published or saved again as 7.3."""

from __future__ import annotations

import io
import struct
import zlib
from typing import Any

import numpy as np

from engine.config.catalog import CATALOG
from engine.data.events.decoders.hdf5_limits import children, read_dataset
from engine.data.files.tree import Tree
from engine.data.images import Images, Raw
from engine.data.readers.official import verdict
from engine.errors import DataError

TRAIN, TEST = "train_32x32.mat", "test_32x32.mat"
OFFICIAL_MD5 = {source.file: source.md5 for source in CATALOG["svhn"].sources}
OFFICIAL = (73_257, 26_032)
MAX_FILE = 400_000_000
MAX_IMAGES = 700_000
"""The extra split, the largest, has 531,131."""
HEADER, COMPRESSED, MATRIX = 128, 15, 14
HDF5, HDF5_AT = b"\x89HDF\r\n\x1a\n", (0, 512)
"""MATLAB 7.3 is HDF5 behind 512 bytes of its own."""
NAMES = tuple(str(digit) for digit in range(10))


def recognises(tree: Tree) -> bool:
    return tree.home(TRAIN, TEST) is not None


def read(tree: Tree) -> Raw:
    """Label 10, as which the files store the digit 0, becomes 0. Raises DataError naming the file that is wrong."""
    home = tree.home(TRAIN, TEST)
    if home is None:
        raise DataError(f"{tree.label}: SVHN needs {TRAIN} and {TEST} side by side")
    files = dict(home.each((TRAIN, TEST), MAX_FILE))
    train, test = _split(files[TRAIN], TRAIN), _split(files[TEST], TEST)
    return Raw(train, test, NAMES, f"SVHN{verdict(train, test, OFFICIAL, files, OFFICIAL_MD5)}")


def _split(data: bytes, name: str) -> Images:
    pixels, labels = _version_73(data, name) if _is_hdf5(data) else _version_5(data, name)
    if not isinstance(pixels, np.ndarray) or pixels.dtype != np.uint8 or pixels.shape[:3] != (32, 32, 3):
        raise DataError(f"{name}: X must be uint8 [32, 32, 3, N], got {_described(pixels)}")
    whole = isinstance(labels, np.ndarray) and labels.dtype.kind in "iuf" and bool((labels == np.floor(labels)).all())
    if not whole or labels.size != pixels.shape[3]:
        raise DataError(f"{name}: y must be {pixels.shape[3]} whole numbers, got {_described(labels)}")
    numbers = labels.astype(np.int64).ravel()
    if numbers.min() < 0 or numbers.max() > 10:
        raise DataError(f"{name}: labels must be 1 to 10, got {numbers.min()} to {numbers.max()}")
    return Images(np.ascontiguousarray(pixels.transpose(3, 2, 0, 1)), numbers % 10)


def _is_hdf5(data: bytes) -> bool:
    return any(data[at : at + len(HDF5)] == HDF5 for at in HDF5_AT)


def _version_5(data: bytes, name: str) -> tuple[Any, Any]:
    _check_declared(data, name)
    from scipy.io import loadmat  # slow to import, and nothing else here needs it

    try:
        found = loadmat(io.BytesIO(data), variable_names=["X", "y"])
    except Exception as error:  # scipy raises many kinds for a damaged file
        raise DataError(f"{name}: not a readable MATLAB 5 file: {str(error)[:120]}") from error
    return found.get("X"), found.get("y")


def _version_73(data: bytes, name: str) -> tuple[Any, Any]:
    """X and y with MATLAB's order of axes, which HDF5 turns round."""
    import h5py  # compiled; loaded where such a file turns up

    try:
        with h5py.File(io.BytesIO(data), "r") as file:
            found = children(file, name, 0)
            arrays = {
                key: read_dataset(found[key], f"{name}: {key}", most).T
                for key, most in (("X", MAX_IMAGES * 32 * 32 * 3 // 4), ("y", MAX_IMAGES))
                if isinstance(found.get(key), h5py.Dataset)
            }
    except (OSError, KeyError, ValueError, RuntimeError) as error:
        raise DataError(f"{name}: not a readable MATLAB 7.3 file, or truncated: {str(error)[:120]}") from error
    return arrays.get("X"), arrays.get("y")


def _check_declared(data: bytes, name: str) -> None:
    """Refuse by each element's own header: only plain numeric matrices, and none larger than the data set."""
    at = HEADER
    if len(data) < HEADER or data[126:128] not in (b"IM", b"MI"):
        raise DataError(f"{name}: not a MATLAB 5 file")
    order = "<" if data[126:128] == b"IM" else ">"
    while at + 8 <= len(data):
        kind, size = struct.unpack(f"{order}II", data[at : at + 8])
        if size > len(data) - at - 8:
            raise DataError(f"{name}: an element declares {size:,} bytes, {len(data) - at - 8:,} are left; truncated?")
        body = data[at + 8 : at + 8 + size]
        if kind == COMPRESSED:
            body = _head_of(body, name)
            kind = struct.unpack(f"{order}I", body[:4])[0] if len(body) >= 8 else 0
            body = body[8:]
        if kind != MATRIX:
            raise DataError(f"{name}: holds an element of type {kind}, which is no matrix")
        _check_matrix(body, order, name)
        at += 8 + size
    if at != len(data):
        raise DataError(f"{name}: ends inside an element's header; truncated?")


def _head_of(body: bytes, name: str) -> bytes:
    """The first bytes of a deflated element, without unpacking the rest."""
    try:
        return zlib.decompressobj().decompress(body, 256)
    except zlib.error as error:
        raise DataError(f"{name}: holds a damaged element: {error}") from error


def _check_matrix(body: bytes, order: str, name: str) -> None:
    """Array flags (class in the low byte), then dimensions, as every matrix element begins."""
    if len(body) < 24:
        raise DataError(f"{name}: holds an element too short for a matrix")
    kind = struct.unpack(f"{order}I", body[8:12])[0] & 0xFF
    if kind < 6:  # cell, struct, object, char, sparse
        raise DataError(f"{name}: holds a MATLAB cell, struct, object or text; SVHN has plain numbers")
    size = struct.unpack(f"{order}I", body[20:24])[0]
    if size > 32 or len(body) < 24 + size:
        raise DataError(f"{name}: declares {size // 4} dimensions")
    shape = struct.unpack(f"{order}{size // 4}i", body[24 : 24 + size // 4 * 4])
    total = 1
    for n in shape:
        total *= max(int(n), 0)
    if total > MAX_IMAGES * 32 * 32 * 3:
        raise DataError(f"{name}: declares a matrix of {list(shape)}; SVHN has at most {MAX_IMAGES:,} images")


def _described(value: Any) -> str:
    return f"{value.dtype} {list(value.shape)}" if isinstance(value, np.ndarray) else "nothing"
