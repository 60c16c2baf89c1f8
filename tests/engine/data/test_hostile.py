"""Hostile files: pickles run no code, archives write nothing and stay within their limits."""

import pickle
import tarfile

import pytest

from engine.data import archives
from engine.data.archives import read_members
from engine.data.pickles import read_batch
from engine.errors import DataError
from tests.engine.data import forms


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


@pytest.mark.parametrize("name", ["../data_batch_1", "/data_batch_1", "a/../../data_batch_1"])
def test_names_that_lead_out_of_the_archive_are_refused(name, tmp_path):
    path = forms.tar_of(tmp_path / "a.tar.gz", (tarfile.TarInfo(name), b"x"))
    with pytest.raises(DataError, match="leads out of the archive"):
        read_members(path, lambda _: True)


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.BLKTYPE, tarfile.FIFOTYPE])
def test_links_and_devices_are_refused(kind, tmp_path):
    info = tarfile.TarInfo("data_batch_1")
    info.type, info.linkname = kind, "/etc/passwd"
    path = forms.tar_of(tmp_path / "a.tar.gz", (info, b""))
    with pytest.raises(DataError, match="link or a device"):
        read_members(path, lambda _: True)


def test_a_bomb_is_refused_by_its_unpacked_size(tmp_path, monkeypatch):
    monkeypatch.setattr(archives, "MAX_TOTAL_BYTES", 1_000_000)
    path = forms.tar_of(tmp_path / "a.tar.gz", *((tarfile.TarInfo(f"f{k}"), bytes(600_000)) for k in range(2)))
    assert path.stat().st_size < 5_000
    with pytest.raises(DataError, match="unpacks to more than 1,000,000 bytes"):
        read_members(path, lambda _: False)


def test_too_many_members_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(archives, "MAX_MEMBERS", 3)
    path = forms.tar_of(tmp_path / "a.tar.gz", *((tarfile.TarInfo(f"f{k}"), b"") for k in range(4)))
    with pytest.raises(DataError, match="more than 3 files"):
        read_members(path, lambda _: False)


def test_a_name_given_twice_is_refused(tmp_path):
    path = forms.tar_of(tmp_path / "a.tar.gz", (tarfile.TarInfo("a/f"), b"1"), (tarfile.TarInfo("b/f"), b"2"))
    with pytest.raises(DataError, match="twice"):
        read_members(path, lambda _: True)


def test_a_truncated_archive_is_refused(tmp_path):
    path = forms.pack(forms.write_binary(tmp_path / "b"), tmp_path / "a.tar.gz", "b")
    path.write_bytes(path.read_bytes()[:-2000])
    with pytest.raises(DataError, match="truncated"):
        read_members(path, lambda _: True)


def test_reading_an_archive_writes_nothing(tmp_path):
    path = forms.pack(forms.write_binary(tmp_path / "b"), tmp_path / "a.tar.gz", "inside")
    before = sorted(tmp_path.rglob("*"))
    read_members(path, lambda _: True)
    assert sorted(tmp_path.rglob("*")) == before
