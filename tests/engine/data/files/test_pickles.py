"""Hostile pickles run no code."""

import pickle

import pytest

from engine.data.files.pickles import read_batch
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
