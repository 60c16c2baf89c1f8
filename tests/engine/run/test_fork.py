"""Forks: they go on as their source did, and may change what the kept numbers do not depend on."""

import shutil

import pytest

from engine.errors import CheckpointError, ConfigError
from engine.events import Resume
from engine.run.fork import changed_config, fork
from engine.storage.atomic import read_metadata
from tests.engine.run.played import play
from tests.engine.tiny import tiny_config


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    workdir = tmp_path_factory.mktemp("whole")
    return workdir, *play(tiny_config(), workdir)


def test_a_fork_goes_on_as_its_source_did(whole, tmp_path):
    """Same config, forked after generation 1: the rest is the source's, to the last bit of the weights."""
    source, events, commits = whole
    config = tiny_config()
    commit = fork(source, commits[-1], 1, config, tmp_path)
    resume = Resume(commit.checkpoint, commit.sha256, commit.step)
    again, _ = play(config, tmp_path, resume=resume)
    first = next(i for i, e in enumerate(events) if e["kind"] == "generation_finished")
    assert again == events[first + 1 :]
    weights = [(folder / "result" / "model.safetensors").read_bytes() for folder in (source, tmp_path)]
    assert weights[0] == weights[1]


def test_a_fork_may_search_longer_but_not_on_other_data(whole, tmp_path):
    source, _, commits = whole
    longer = changed_config(tiny_config(), {"search": {"generations": 3}})
    commit = fork(source, commits[-1], 2, longer, tmp_path)
    events, _ = play(longer, tmp_path, resume=Resume(commit.checkpoint, commit.sha256, commit.step))
    assert [e["generation"] for e in events if e["kind"] == "generation_finished"] == [2]
    with pytest.raises(ConfigError, match=r"^seed: a fork keeps its source's"):
        changed_config(tiny_config(), {"seed": 7})
    with pytest.raises(ConfigError, match=r"search\.fitness_lambda: a fork keeps"):
        changed_config(tiny_config(), {"search": {"fitness_lambda": -0.5}})
    with pytest.raises(ConfigError, match="generation: must be 0 to 2, got 3"):
        fork(source, commits[-1], 3, tiny_config(), tmp_path / "other")


def test_a_fork_runs_as_its_own_runtime_says_and_as_its_source_where_that_is_the_same(whole, tmp_path):
    source, _, commits = whole
    forks = {"same": {}, "other": {"runtime": {"threads": 2, "device": "auto"}}}
    began = {}
    for name, changes in forks.items():
        config = changed_config(tiny_config(), changes)
        commit = fork(source, commits[-1], 1, config, tmp_path / name)
        made = read_metadata(tmp_path / name / "checkpoints" / commit.checkpoint, commit.sha256)["state"]
        began[name] = (made["threads"], made["device"])
        assert made["kernels"] == kernels_of(source, commits[-1])
    assert began == {"same": (1, "cpu"), "other": (0, "")}
    _, stored = play(config, tmp_path / "other", resume=Resume(commit.checkpoint, commit.sha256, commit.step))
    after = read_metadata(tmp_path / "other" / "checkpoints" / stored[-1].checkpoint, stored[-1].sha256)["state"]
    assert after["threads"] == 2


def kernels_of(workdir, commit):
    """Whether the compiled kernels run the study."""
    return read_metadata(workdir / "checkpoints" / commit.checkpoint, commit.sha256)["state"]["kernels"]


def test_a_fork_of_a_damaged_supernet_is_refused(whole, tmp_path):
    source, _, commits = whole
    copy = tmp_path / "source"
    shutil.copytree(source, copy)
    supernet = next(copy.glob("supernet-*"))
    supernet.write_bytes(supernet.read_bytes()[:-1])
    with pytest.raises(CheckpointError, match="damaged"):
        fork(copy, commits[-1], 1, tiny_config(), tmp_path / "fork")
