"""CIFAR-100, python and binary version; the fine labels are the classes."""

from __future__ import annotations

from typing import Any

import numpy as np

from engine.data.files.pickles import as_labels, read_batch
from engine.data.files.tree import Tree
from engine.data.images import Images, Raw
from engine.data.readers.official import checked_labels, verdict
from engine.errors import DataError

PIXELS, CLASSES = 3 * 32 * 32, 100
RECORD = 2 + PIXELS
"""Coarse label, fine label, pixels."""
MAX_FILE = 250_000_000
OFFICIAL = (50_000, 10_000)
OFFICIAL_MD5 = {"train": "16019d7e3df5f24257cddd939b257f8d", "test": "f0ef6b0ae62326f3e7ffdfab6717acfc"}
NAMES_FILE = "fine_label_names.txt"


def recognises(tree: Tree) -> bool:
    return _home(tree) is not None


def read(tree: Tree) -> Raw:
    """Raises DataError naming the file that is missing or wrong."""
    home = _home(tree)
    if home is None:
        raise DataError(f"{tree.label}: holds neither train, test and meta, nor train.bin and test.bin, of CIFAR-100")
    if "train.bin" in home.names:
        files = dict(
            home.each([name for name in ("train.bin", "test.bin", NAMES_FILE) if name in home.names], MAX_FILE)
        )
        train, test = (_from_binary(files[name], name) for name in ("train.bin", "test.bin"))
        names = _names(files.get(NAMES_FILE, b"").decode("latin1").split())
        return Raw(train, test, names, f"CIFAR-100, binary version{verdict(train, test, OFFICIAL, files, {})}")
    files = dict(home.each(("train", "test", "meta"), MAX_FILE))
    train, test = _from_pickle(files["train"], "train"), _from_pickle(files["test"], "test")
    names = _names(read_batch(files["meta"], "meta").get("fine_label_names"))
    return Raw(train, test, names, f"CIFAR-100, python version{verdict(train, test, OFFICIAL, files, OFFICIAL_MD5)}")


def _home(tree: Tree) -> Tree | None:
    return tree.home("train", "test", "meta") or tree.home("train.bin", "test.bin")


def _from_pickle(data: bytes, name: str) -> Images:
    batch = read_batch(data, name)
    pixels, labels = batch.get("data"), as_labels(batch.get("fine_labels"))
    if not isinstance(pixels, np.ndarray) or pixels.dtype != np.uint8 or pixels.shape[1:] != (PIXELS,):
        raise DataError(f"{name}: `data` must be uint8 [N, {PIXELS}]")
    if labels is None or len(labels) != len(pixels):
        raise DataError(f"{name}: `fine_labels` must be a list of {len(pixels)}")
    return _checked(name, pixels, labels)


def _from_binary(data: bytes, name: str) -> Images:
    if not data or len(data) % RECORD:
        raise DataError(f"{name}: {len(data):,} bytes are not a whole number of {RECORD}-byte records")
    records = np.frombuffer(data, np.uint8).reshape(-1, RECORD)
    return _checked(name, records[:, 2:], records[:, 1])


def _checked(name: str, pixels: Any, labels: Any) -> Images:
    numbers = checked_labels(name, labels, len(pixels), CLASSES)
    return Images(np.ascontiguousarray(pixels).reshape(-1, 3, 32, 32), numbers)


def _names(found: Any) -> tuple[str, ...]:
    """Names of the fine labels; numbers where the files give none."""
    if isinstance(found, list):
        found = [name.decode("latin1") if isinstance(name, bytes) else name for name in found]
        if len(found) == CLASSES and all(isinstance(name, str) for name in found):
            return tuple(name[:60] for name in found)
    return tuple(map(str, range(CLASSES)))
