"""Hostile pickles run no code."""

import pickle

import numpy as np
import pytest

from engine.data.files.pickles import as_labels, read_batch
from engine.errors import DataError


class _Touch:
    def __init__(self, canary):
        self.canary = canary

    def __reduce__(self):
        return (open, (str(self.canary), "w"))


def test_a_hostile_pickle_runs_no_code(tmp_path):
    canary = tmp_path / "canary"
    with pytest.raises(DataError, match=r"data_batch_1: the pickle asks for .*open"):
        read_batch(pickle.dumps({"data": _Touch(canary)}, 2), "data_batch_1")
    assert not canary.exists()


@pytest.mark.parametrize("name", [b"cos\nsystem\n(S'true'\ntR.", b"cnumpy\nload\n.", b"cnumpy.lib.npyio\nload\n."])
def test_no_other_global_is_looked_up(name):
    with pytest.raises(DataError, match="never needs"):
        read_batch(name, "batch")


@pytest.mark.parametrize("content", [b"", b"\x80\x02}", b"garbage"])
def test_a_damaged_pickle_is_refused(content):
    with pytest.raises(DataError, match="batch: not a CIFAR batch, or truncated"):
        read_batch(content, "batch")


@pytest.mark.parametrize("protocol", range(2, 6))
def test_arrays_and_labels_of_every_protocol_are_read(protocol):
    batch = {"data": np.arange(6, dtype=np.uint8).reshape(2, 3), "labels": [np.int64(3), np.int64(4)]}
    found = read_batch(pickle.dumps(batch, protocol), "batch")
    np.testing.assert_array_equal(found["data"], batch["data"])
    assert found["labels"] == [3, 4]


def test_keys_that_are_bytes_are_text():
    assert read_batch(pickle.dumps({b"labels": [1]}, 4), "batch") == {"labels": [1]}


def test_labels_in_an_array_are_a_list():
    assert as_labels(np.array([2, 1])) == as_labels([2, 1]) == [2, 1]
    assert as_labels(np.array([0.5])) is as_labels("21") is None
