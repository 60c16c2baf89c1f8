"""Labels of arrays as whole numbers from 0, from every form people keep them in."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from engine.data.files.names import listed, natural
from engine.data.files.npy import Array
from engine.data.files.split_names import Split
from engine.errors import DataError

MAX_LABEL = 9_999
Labels = dict[Split, NDArray[np.int64]]


def class_names(given: Array | None, name: str) -> tuple[str, ...] | None:
    """The classes' names from an array of text [classes], in the order of the labels. Raises DataError."""
    if given is None:
        return None
    if given.ndim != 1 or given.dtype.kind != "U" or len(given) < 2 or len(set(given.tolist())) < len(given):
        raise DataError(
            f"{name}: class_names must be at least 2 different texts, got {given.dtype} {list(given.shape)}"
        )
    return tuple(given.tolist())


def labels_of(
    parts: Mapping[Split, Array], counts: Mapping[Split, int], name: str, known: tuple[str, ...] | None = None
) -> tuple[Labels, tuple[str, ...], str]:
    """(labels int64 [N] by split, class names, what is to be said of them; "" for nothing).

    Takes whole numbers [N] or [N, 1], one-hot rows [N, K] and text [N]. `known` are the classes' names where they are
    given: label k has name k. Raises DataError.
    """
    flat, text = _flat(parts, counts, name)
    if text:
        return _from_text(flat, name, known)
    labels: Labels = {split: _whole(y, f"{name}: labels of {split}") for split, y in flat.items()}
    width = max((y.shape[1] for y in parts.values() if y.ndim == 2 and y.shape[1] > 1), default=0)
    classes = width or (len(known) if known else int(labels["train"].max()) + 1)
    if known is not None and len(known) != classes:
        raise DataError(f"{name}: class_names has {len(known)} names, the labels have {classes} classes")
    for split, y in labels.items():
        if y.max() >= classes:
            there = f"class_names {len(known)} names" if known else f"y_train only 0 to {classes - 1}"
            raise DataError(f"{name}: y_{split} has the label {y.max()}, {there}")
    return labels, known or tuple(map(str, range(classes))), _gaps(labels, classes, name)


def label_texts(
    parts: Mapping[Split, Array], counts: Mapping[Split, int], name: str, known: tuple[str, ...] | None = None
) -> tuple[dict[Split, list[str]], bool]:
    """(each sample's label as text by split, whether they are numbers), whatever labels there are. Raises DataError.

    `known` are the classes' names where they are given, which numbers then stand for.
    """
    flat, text = _flat(parts, counts, name)
    if text:
        return {split: y.tolist() for split, y in flat.items()}, False
    whole = {split: _whole(y, f"{name}: labels of {split}") for split, y in flat.items()}
    if known is None:
        return {split: list(map(str, y.tolist())) for split, y in whole.items()}, True
    for split, y in whole.items():
        if y.max() >= len(known):
            raise DataError(f"{name}: y_{split} has the label {y.max()}, class_names {len(known)} names")
    return {split: [known[label] for label in y.tolist()] for split, y in whole.items()}, False


def _flat(parts: Mapping[Split, Array], counts: Mapping[Split, int], name: str) -> tuple[dict[Split, Array], bool]:
    """Labels [N] by split, and whether they are text. Raises DataError."""
    flat = {split: _one_a_sample(y, counts[split], f"{name}: labels of {split}") for split, y in parts.items()}
    text = [y.dtype.kind == "U" for y in flat.values()]
    if any(text) and not all(text):
        raise DataError(f"{name}: the labels of one split are text, those of another are numbers")
    return flat, all(text)


def _one_a_sample(y: Array, count: int, name: str) -> Array:
    """[N]; one-hot rows become the place of their 1."""
    if y.ndim == 2 and y.shape[1] == 1:
        y = y[:, 0]
    if y.ndim == 2 and len(y) == count and y.dtype.kind in "biuf":
        if not np.isin(y, (0, 1)).all() or not (y.sum(axis=1, dtype=np.int64) == 1).all():
            raise DataError(
                f"{name}: {list(y.shape)} must be one-hot, a single 1 in every row; several labels for a sample are no "
                "classification"
            )
        y = y.argmax(axis=1)
    if y.dtype.kind == "S":
        y = np.char.decode(y, "utf-8", "replace")
    if y.ndim != 1 or y.dtype.kind not in "biufU" or len(y) != count:
        raise DataError(f"{name}: labels must be {count:,} whole numbers, got {y.dtype} {list(y.shape)}")
    if not count:
        raise DataError(f"{name}: at least one image, and labels 0 to {MAX_LABEL:,}")
    return y


def _whole(y: Array, name: str) -> NDArray[np.int64]:
    if y.dtype.kind == "f" and not (np.isfinite(y) & (np.floor(y) == y)).all():
        raise DataError(f"{name}: labels must be whole numbers, got {y.dtype} such as {y[np.floor(y) != y][0]:.4g}")
    if y.min() < 0 or y.max() > MAX_LABEL:
        wrong = y[(y < 0) | (y > MAX_LABEL)]
        hint = "; leave out samples without a label" if y.min() == -1 else ""
        raise DataError(f"{name}: labels 0 to {MAX_LABEL:,}, got {int(wrong[0])} ({len(wrong):,} of {len(y):,}){hint}")
    return y.astype(np.int64)


def _from_text(
    flat: Mapping[Split, Array], name: str, known: tuple[str, ...] | None
) -> tuple[Labels, tuple[str, ...], str]:
    names = known or tuple(sorted(set(flat["train"].tolist()), key=natural))
    place = {text: label for label, text in enumerate(names)}
    for split, y in flat.items():
        if strange := sorted(set(y.tolist()) - set(names)):
            there = "not in class_names" if known else "never in those of training"
            raise DataError(f"{name}: {listed(strange)} among the labels of {split}, {there}")
    labels: Labels = {split: np.array([place[text] for text in y.tolist()], np.int64) for split, y in flat.items()}
    return labels, names, f"labels are text: {listed(names, 6)}"


def _gaps(labels: Labels, classes: int, name: str) -> str:
    """What to say of labels between 0 and the largest that no training sample has."""
    seen = {split: np.bincount(y, minlength=classes) for split, y in labels.items()}
    absent = np.flatnonzero(seen["train"] == 0)
    for split, counts in seen.items():
        if (only := absent[counts[absent] > 0]).size:
            raise DataError(f"{name}: the label {only[0]} is in y_{split}, but no training sample has it")
    if not absent.size:
        return ""
    hint = ": if labels count from 1, subtract 1 to be rid of it" if absent.tolist() == [0] else ""
    return f"no sample has the label {listed(map(str, absent))}, a class all the same{hint}"
