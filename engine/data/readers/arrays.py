"""A user's own images as arrays: one .npz, train.npz beside test.npz, or .npy files. No torch."""

from __future__ import annotations

import numpy as np

from engine.data.files.npy import Array, npz_keys, read_npy, read_npz
from engine.data.files.tree import Tree
from engine.data.images import Images, Raw
from engine.data.readers.held_out import HELD_OUT, with_test_split
from engine.data.reduce import at_size
from engine.errors import DataError

MAX_FILE, MAX_ARRAY = 4_000_000_000, 8_000_000_000
KEYS = ("x_train", "y_train", "x_test", "y_test")
FORMS = "one .npz of x_train, y_train, x_test, y_test (or x, y), train.npz and test.npz of x, y, or these as .npy"


def recognises(tree: Tree) -> bool:
    return _form(tree) is not None


def read(tree: Tree, size: int | None, channels: int | None) -> Raw:
    """x uint8 [N, H, W], [N, H, W, C] or [N, C, H, W], y whole numbers [N]; without a test part a fixed fifth is it.

    `size` and `channels` None: as the arrays are.

    Raises DataError naming the file and the array that are wrong.
    """
    arrays = _arrays(tree)
    train = _images(arrays["x_train"], arrays["y_train"], channels, f"{tree.label}: x_train")
    classes = int(train.labels.max()) + 1
    names = tuple(map(str, range(classes)))
    note = f"arrays of {tree.label}"
    if "x_test" in arrays:
        test = _images(arrays["x_test"], arrays["y_test"], channels, f"{tree.label}: x_test")
        if test.labels.max() >= classes:
            raise DataError(f"{tree.label}: y_test has the label {test.labels.max()}, y_train only 0 to {classes - 1}")
        return _sized(Raw(train, test, names, note), size)
    note += f", a fixed {HELD_OUT:.0%} of every class held out as test"
    return _sized(with_test_split(train, names, note), size)


def _sized(raw: Raw, size: int | None) -> Raw:
    return raw if size is None else at_size(raw, size)


def _form(tree: Tree) -> str | None:
    names = set(tree.names)
    if {"train.npz", "test.npz"} <= names:
        return "two npz"
    if {f"{key}.npy" for key in KEYS[:2]} <= names or {"x.npy", "y.npy"} <= names:
        return "npy"
    npz = [name for name in names if name.lower().endswith(".npz") and "/" not in name]
    return "npz" if len(npz) == 1 else None


def _arrays(tree: Tree) -> dict[str, Array]:
    form = _form(tree)
    if form == "two npz":
        files = dict(tree.each(("train.npz", "test.npz"), MAX_FILE))
        parts = {split: read_npz(files[f"{split}.npz"], f"{split}.npz", "xy", MAX_ARRAY) for split in ("train", "test")}
        return {f"{key}_{split}": array for split, arrays in parts.items() for key, array in arrays.items()}
    if form == "npy":
        wanted = [f"{key}.npy" for key in (*KEYS, "x", "y") if f"{key}.npy" in tree.names]
        content = tree.each(wanted, MAX_FILE)
        return _as_splits({name.removesuffix(".npy"): read_npy(data, name, MAX_ARRAY) for name, data in content})
    if form == "npz":
        name = next(name for name in tree.names if name.lower().endswith(".npz"))
        data = tree.read(name, MAX_FILE)
        held = npz_keys(data, name)
        wanted = [key for key in (*KEYS, "x", "y") if key in held] or ["x", "y"]
        return _as_splits(read_npz(data, name, wanted, MAX_ARRAY))
    raise DataError(f"{tree.label}: holds no arrays of images: {FORMS}")


def _as_splits(arrays: dict[str, Array]) -> dict[str, Array]:
    """x and y become the training part; every x has its y."""
    named = {f"{key}_train" if key in ("x", "y") else key: array for key, array in arrays.items()}
    for split in ("train", "test"):
        if (f"x_{split}" in named) != (f"y_{split}" in named):
            raise DataError(f"x_{split} and y_{split} must be given together")
    if "x_train" not in named:
        raise DataError(f"no training images: {FORMS}")
    return named


def _images(x: Array, y: Array, channels: int | None, name: str) -> Images:
    if x.dtype != np.uint8 or x.ndim not in (3, 4):
        raise DataError(f"{name} must be uint8 [N, H, W], [N, H, W, C] or [N, C, H, W], got {x.dtype} {list(x.shape)}")
    if y.ndim != 1 or y.dtype.kind not in "iu" or len(y) != len(x):
        raise DataError(f"{name}: its labels must be {len(x):,} whole numbers, got {y.dtype} {list(y.shape)}")
    if not len(x) or y.min() < 0 or y.max() >= 10_000:
        raise DataError(f"{name}: at least one image, and labels 0 to 9,999")
    pixels = x[:, None] if x.ndim == 3 else x
    if channels is None:
        channels = next((found for found in (pixels.shape[1], pixels.shape[-1]) if found in (1, 3)), None)
    if channels is None:
        raise DataError(f"{name}: neither the second nor the last axis is 1 (grey) or 3 (RGB): {list(x.shape)}")
    if pixels.shape[1] != channels and pixels.shape[-1] == channels:
        pixels = pixels.transpose(0, 3, 1, 2)
    if pixels.shape[1] != channels:
        raise DataError(f"{name}: the study says {channels} channels (data.channels), the array is {list(x.shape)}")
    return Images(np.ascontiguousarray(pixels), y.astype(np.int64))
