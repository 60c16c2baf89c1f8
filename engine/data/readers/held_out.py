"""Splits of a user's samples: those the files name, else a share held out, the same for every study."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from engine.data.files.split_names import SPLITS, Split
from engine.data.images import Images, Raw
from engine.data.splits import stratified
from engine.errors import DataError

HELD_OUT = 0.2
SEED = 1797
"""The test split is the same whatever a study's seed."""
OWN_VALIDATION = "its own validation split is the study's, so data.validation_fraction does not apply"
VALIDATION_AS_TEST = "the validation split is taken as test split, since there is no other"


def with_test_split(images: Images, class_names: tuple[str, ...], note: str) -> Raw:
    """A fixed, class-balanced fifth becomes the test split."""
    train, test = stratified(images.labels, HELD_OUT, np.random.default_rng(SEED))
    return Raw(images.take(train), images.take(test), class_names, note, drawn=True)


def by_splits(label: str, images: Images, of: Sequence[Split], class_names: tuple[str, ...], note: str) -> Raw:
    """`of` names each image's split. A validation split without a test split is the test split.

    Raises DataError where no image is for training.
    """
    place, said = split_places(label, of)
    if not len(place["test"]):
        return with_test_split(images, class_names, f"{note}; {said}")
    train = images.take(np.concatenate([place["train"], place["validation"]]))
    return Raw(train, images.take(place["test"]), class_names, f"{note}; {said}", len(place["validation"]))


def split_places(label: str, of: Sequence[Split]) -> tuple[dict[Split, NDArray[np.int64]], str]:
    """Indices [N] of each split as a study uses it, and what is said of them. Raises DataError without training."""
    named = np.array(of)
    place: dict[Split, NDArray[np.int64]] = {split: np.flatnonzero(named == split) for split in SPLITS}
    if not len(place["train"]):
        raise DataError(f"{label}: holds a test split of {len(of):,} samples but no training split")
    if not len(place["test"]) and not len(place["validation"]):
        return place, f"a fixed {HELD_OUT:.0%} of every class held out as test"
    said = [f"{len(place['train']):,} training, "]
    if not len(place["test"]):
        place["test"], place["validation"] = place["validation"], place["test"]
        return place, f"{said[0]}{len(place['test']):,} test: {VALIDATION_AS_TEST}"
    if len(place["validation"]):
        return place, (
            f"{said[0]}{len(place['validation']):,} validation, {len(place['test']):,} test: {OWN_VALIDATION}"
        )
    return place, f"{said[0]}{len(place['test']):,} test"
