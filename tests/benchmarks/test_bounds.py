"""The rows that are held to a bound, and how they are printed."""

import pytest

from benchmarks import bounds
from benchmarks.__main__ import line
from benchmarks.loader import STEPS, training
from benchmarks.workers import Place
from engine.model.network import build_child
from tests.engine.tiny import tiny_config


def test_the_loader_s_share_is_of_the_trainer_s_steps():
    """In a process of its own: what a step waits is a part of it, and not nothing."""
    row = bounds.loader(rounds=1, batch=2, place=Place(threads=1))
    assert 0 < row["ours"] < 100
    assert row["step_seconds"] > 0
    assert (row["bound"], row["unit"], row["rounds"]) == (3.0, "%", 1)
    assert row["reached"] == (row["ours"] < 3)


def test_a_slow_loader_is_seen(monkeypatch):
    """By a clock that moves on by a second at every look: a batch takes one, and one lies between two batches."""
    ticks = iter(range(10**6))
    monkeypatch.setattr("time.perf_counter", lambda: float(next(ticks)))
    config = tiny_config()
    unit = training(build_child(config, config.space.at(4), 0), config, batch=4)
    unit()  # the first also makes its own batch ready, the others that of the next
    said = unit()
    assert said["waited"] == 1.0
    assert said["seconds"] == (2 * STEPS + 1) / STEPS


def test_the_start_of_a_study_stands_beside_torch_alone():
    row = bounds.start(rounds=1)
    assert row["peer"] > 0.05, "torch is loaded anew, not found in this process"
    assert row["ours"] > 0.05
    assert (row["against"], row["bound"]) == ("import torch", 3.0)
    assert row["reached"] == (row["ours"] < 3)


@pytest.mark.parametrize(("reached", "said"), [(True, "below 3 %: yes"), (False, "below 3 %: NO")])
def test_a_row_says_whether_its_bound_is_kept(reached, said):
    row = {"name": "share", "ours": 2.5, "unit": "%", "spread": [2.0, 3.0], "bound": 3.0, "reached": reached}
    assert line(row).endswith(said)
    assert line(row).startswith("share")
