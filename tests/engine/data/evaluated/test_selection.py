"""Which samples are evaluated, worked by hand on hashes of one digit."""

import numpy as np
import pytest

from engine.data.evaluated.record import DataRecord
from engine.data.evaluated.selection import positions, seen, select
from engine.data.images import Images, Samples
from engine.data.preprocessing.kept import Preprocessing
from engine.errors import DataError

HOW = Preprocessing(
    kind="images", input=(1, 8, 8), coding="direct", time_steps=2, mean=(0.5,), std=(0.5,), seed=0, resize="average",
    value_range=None, first_label=0, frames_by=None, sensor=None,
)  # fmt: skip
RECORD = DataRecord(HOW, ("a", "b"), np.array([1, 2, 3, 4]), np.array([1, 3]), np.array([7, 6]))
"""Trained on 1, 2, 3, 4, of which 2 and 4 validated the search; tested on 7, then 6."""


def samples(*hashes: int, splits: str = "") -> tuple[Samples, np.ndarray]:
    """Samples with these hashes; of `splits` r is training, v validation, e test."""
    count, names = len(hashes), {"r": "train", "v": "validation", "e": "test"}
    images = Images(np.zeros((count, 1, 8, 8), np.uint8), np.zeros(count, np.int64))
    return Samples(images, ("a",), tuple(names[s] for s in splits) if splits else None, ""), np.array(hashes)


def chosen(found, split=None, own=True):
    """(the hashes in their order, the split's name)."""
    selection = select(*found, RECORD, split, own=own)
    return found[1][selection.indices].tolist(), selection.split


@pytest.mark.parametrize(
    ("split", "hashes"), [(None, [7, 6]), ("test", [7, 6]), ("train", [1, 2, 3, 4]), ("validation", [2, 4])]
)
@pytest.mark.parametrize("splits", ["", "rrrreee", "eeeerrr"])
def test_the_study_s_own_split_is_found_in_its_order_whatever_the_files_call_it(split, hashes, splits):
    assert chosen(samples(4, 6, 2, 9, 7, 1, 3, splits=splits), split) == (hashes, split or "test")


def test_elsewhere_the_files_name_the_splits():
    found = samples(1, 6, 9, 8, splits="reve")
    assert chosen(found, None, own=False) == ([6, 8], "test")
    assert chosen(found, "validation", own=False) == ([9], "validation")
    assert chosen(found, "train", own=False) == ([1], "train")


def test_where_they_name_none_all_are_taken_those_of_the_study_s_test_first_then_by_hash():
    assert chosen(samples(9, 6, 1, 8), None, own=False) == ([6, 1, 8, 9], "all")
    assert chosen(samples(9, 6, 1, 8), "test") == ([6, 1, 8, 9], "all")


def test_training_samples_that_are_named_so_are_no_test_split():
    with pytest.raises(DataError, match="split: the files name no test split, only train; choose one of these"):
        chosen(samples(1, 2, splits="rr"), "test")
    assert chosen(samples(2, 1, splits="rr"), None, own=False) == ([1, 2], "all")


def test_a_validation_split_without_a_test_split_is_the_test_split_as_for_a_study():
    assert chosen(samples(1, 9, splits="rv"), "test") == ([9], "validation")


def test_a_split_that_is_not_there_is_refused():
    with pytest.raises(DataError, match="hold not every validation sample of the study"):
        chosen(samples(2, 9), "validation")


def test_of_equal_samples_those_come_first_whose_files_name_the_split():
    found, hashes = samples(7, 7, 6, splits="ree")
    assert positions(np.array([7, 6]), hashes, found, "test").tolist() == [1, 2]
    assert positions(np.array([7, 7]), hashes, found, "test").tolist() == [1, 0]
    assert positions(np.array([7, 7, 7]), hashes, found, "test") is None


def test_what_was_trained_on_is_counted():
    found = samples(4, 9, 1, 1)
    assert seen(select(*found, RECORD, None, own=False), found[1], RECORD) == 3
