"""A study goes on with the threads and the device it was begun with."""

import torch

from engine.events import Commit, Resume
from engine.storage import atomic
from engine.study import run
from tests.engine.run.played import play
from tests.engine.tiny import tiny_config


def test_threads_and_device_are_recorded_and_used_again(tmp_path, monkeypatch):
    _, commits = play(tiny_config(), tmp_path, until=lambda item: isinstance(item, Commit))
    state = atomic.read_metadata(tmp_path / "checkpoints" / commits[0].checkpoint, commits[0].sha256)["state"]
    assert (state["threads"], state["device"]) == (1, "cpu")
    torch.set_num_threads(2)
    monkeypatch.setattr("torch.cuda.is_available", lambda: True)  # a study begun on the CPU stays there
    resume = Resume(commits[0].checkpoint, commits[0].sha256, 1)
    config = tiny_config().model_copy(update={"runtime": tiny_config().runtime.model_copy(update={"device": "cpu"})})
    next(run(config, tmp_path, data_root=tmp_path, resume=resume))
    assert torch.get_num_threads() == 1


def test_with_two_threads_an_interruption_leaves_no_trace_either(tmp_path):
    runtime = tiny_config().runtime.model_copy(update={"threads": 2})
    config = tiny_config().model_copy(update={"runtime": runtime})
    whole, commits = play(config, tmp_path / "whole")
    first, early = play(
        config, tmp_path / "cut", commit_seconds=0, until=lambda i: isinstance(i, Commit) and i.step == 9
    )
    resume = Resume(early[-1].checkpoint, early[-1].sha256, early[-1].step)
    rest, _ = play(config, tmp_path / "cut", attempt=1, resume=resume)
    assert first + rest == whole
    weights = [(tmp_path / folder / "result" / "model.safetensors").read_bytes() for folder in ("whole", "cut")]
    assert weights[0] == weights[1]
    assert commits[-1].phase == "done"
