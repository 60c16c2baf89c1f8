"""HDF5 from untrusted hands: no links, no other files, no plugins, and sizes checked before it is read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from engine.data.files.packing import MAX_RATIO, SMALL
from engine.errors import DataError

if TYPE_CHECKING:
    import h5py

MAX_OBJECTS = 1_000
MAX_CHUNK = 64_000_000
MAX_ITEM = 64
"""Bytes of one element: an event of four wide numbers has 32."""
BUILT_IN = {1: "gzip", 2: "shuffle", 3: "fletcher32", 6: "scale-offset", 32000: "LZF"}
ECF = 36559
PLUGINS = {ECF: "ECF, Prophesee's codec", 32001: "blosc", 32026: "blosc2", 32004: "LZ4", 32015: "Zstandard", 4: "szip"}


def children(group: h5py.Group, name: str, looked: int) -> dict[str, Any]:
    """Its own groups and datasets by name; links to elsewhere are left out. Raises DataError for too many objects."""
    import h5py

    if looked + len(group) > MAX_OBJECTS:
        raise DataError(f"{name}: holds more than {MAX_OBJECTS:,} objects")
    own = {key: group[key] for key in group if isinstance(group.get(key, getlink=True), h5py.HardLink)}
    return {key: item for key, item in own.items() if isinstance(item, (h5py.Group, h5py.Dataset))}


def read_dataset(dataset: h5py.Dataset, name: str, most: int) -> np.ndarray[Any, Any]:
    """All of it, shaped as it is.

    Raises DataError where it is larger than `most` elements, lies elsewhere, or needs a plugin.
    """
    if dataset.is_virtual or dataset.external:
        raise DataError(f"{name}: lies in another file, which is never opened")
    if dataset.dtype.hasobject or dataset.dtype.itemsize > MAX_ITEM:
        raise DataError(f"{name}: must be plain numbers, got {dataset.dtype}")
    if dataset.size is None or dataset.size > most * 4:
        raise DataError(f"{name}: declares {list(dataset.shape or ())}; at most {most:,} events")
    _check_filters(dataset, name)
    _check_storage(dataset, name)
    found: np.ndarray[Any, Any] = np.asarray(dataset[()])
    return found


def _check_filters(dataset: h5py.Dataset, name: str) -> None:
    filters = dataset.id.get_create_plist()
    for place in range(filters.get_nfilters()):
        number = filters.get_filter(place)[0]
        if number not in BUILT_IN:
            raise DataError(f"{name}: compressed with {PLUGINS.get(number, f'filter {number}')}; {_remedy(number)}")


def _remedy(number: int) -> str:
    if number == ECF:
        return "convert it with Metavision: metavision_file_to_dat, or keep the RAW file"
    return "only gzip and LZF are read: write it again with h5repack -f GZIP=4, or as .npz of t, x, y, p"


def _check_storage(dataset: h5py.Dataset, name: str) -> None:
    """A file must hold what it declares: elements that were never written, or shrink a hundredfold, are refused."""
    stored = dataset.id.get_storage_size()
    if dataset.nbytes > max(SMALL, MAX_RATIO * stored):
        raise DataError(f"{name}: would grow from {stored:,} to {dataset.nbytes:,} bytes; at most {MAX_RATIO} times")
    if dataset.chunks and (chunk := int(np.prod(dataset.chunks, dtype=object)) * dataset.dtype.itemsize) > MAX_CHUNK:
        raise DataError(f"{name}: in chunks of {chunk:,} bytes; at most {MAX_CHUNK:,}")
