"""Checkpoints: atomic, verified, the same bytes for the same content."""

import errno

import pytest
import torch

from engine.errors import CheckpointError
from engine.storage import atomic, checkpoint

TENSORS = {"b": torch.arange(6.0).view(2, 3), "a": torch.tensor(3)}
META = {"z": [1.5, None], "state": {"epoch": 2}}


def test_round_trip_and_same_bytes(tmp_path):
    first = checkpoint.write(tmp_path / "a.safetensors", TENSORS, META)
    second = checkpoint.write(tmp_path / "b.safetensors", dict(reversed(TENSORS.items())), dict(reversed(META.items())))
    assert first.sha256 == second.sha256
    tensors, meta = checkpoint.read(tmp_path / "a.safetensors", first.sha256)
    assert meta == META
    assert all(torch.equal(tensors[key], value) for key, value in TENSORS.items())


@pytest.mark.parametrize("damage", ["truncate", "flip", "remove"])
def test_damage_is_noticed(tmp_path, damage):
    path = tmp_path / "a.safetensors"
    written = checkpoint.write(path, TENSORS, META)
    data = bytearray(path.read_bytes())
    if damage == "truncate":
        path.write_bytes(data[:-4])
    elif damage == "flip":
        data[len(data) // 2] ^= 4
        path.write_bytes(data)
    else:
        path.unlink()
    with pytest.raises(CheckpointError):
        checkpoint.read(path, written.sha256)


def test_a_full_disk_leaves_the_old_file_and_no_temporary_one(tmp_path, monkeypatch):
    path = tmp_path / "a.safetensors"
    written = checkpoint.write(path, TENSORS, META)

    def full(descriptor):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("engine.storage.atomic.os.fsync", full)
    with pytest.raises(OSError, match="No space"):
        checkpoint.write(path, {"a": torch.zeros(9)}, {})
    monkeypatch.undo()
    checkpoint.read(path, written.sha256)
    assert [entry.name for entry in tmp_path.iterdir()] == ["a.safetensors"]


def test_a_torchless_checkpoint_reads_like_any_other(tmp_path):
    done = atomic.write_metadata(tmp_path / "x.safetensors", {"state": {"ü": [1]}})
    assert checkpoint.read(tmp_path / "x.safetensors", done.sha256) == ({}, {"state": {"ü": [1]}})
    assert atomic.read_metadata(tmp_path / "x.safetensors", done.sha256) == {"state": {"ü": [1]}}
    tensors = checkpoint.write(tmp_path / "y.safetensors", {"w": torch.ones(3)}, {"a": 1})
    assert atomic.read_metadata(tmp_path / "y.safetensors", tensors.sha256) == {"a": 1}
