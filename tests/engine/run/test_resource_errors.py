"""Memory and disk that run out are told in words, and leave the last checkpoint whole."""

import errno
import os

import pytest
import torch

from engine.errors import OutOfDiskError, OutOfMemoryError
from engine.events import Commit, Resume
from tests.engine.run.played import play
from tests.engine.tiny import tiny_config


def test_memory_that_runs_out_is_told_with_its_number_and_the_setting(tmp_path, monkeypatch):
    def greedy(*_):
        torch.empty(10**15, dtype=torch.uint8)

    monkeypatch.setattr("engine.training.trainer.Trainer._step", greedy)
    with pytest.raises(OutOfMemoryError) as told:
        play(tiny_config(), tmp_path)
    assert "asked for 1,000,000.00 GB more" in str(told.value)
    assert "lower supernet.batch_size (now 16) or network.time_steps (now 2)" in str(told.value)


@pytest.mark.parametrize("at", [0, 1, 700, 5000])
def test_a_disk_that_fills_leaves_the_last_checkpoint_whole(tmp_path, monkeypatch, at):
    config = tiny_config()
    _, commits = play(config, tmp_path, until=lambda item: isinstance(item, Commit))
    before = (tmp_path / "checkpoints" / commits[0].checkpoint).read_bytes()
    monkeypatch.setattr("engine.storage.atomic.write_all", full_after(at))
    resume = Resume(commits[0].checkpoint, commits[0].sha256, 1)
    with pytest.raises(OutOfDiskError, match="no room left on the disk"):
        play(config, tmp_path, resume=resume, commit_seconds=0)
    assert (tmp_path / "checkpoints" / commits[0].checkpoint).read_bytes() == before
    assert [path.name for path in (tmp_path / "checkpoints").iterdir()] == [commits[0].checkpoint]


def full_after(count):
    """A disk with room for so many bytes more."""

    def write(file, data):
        file.write(data[:count])
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    return write
