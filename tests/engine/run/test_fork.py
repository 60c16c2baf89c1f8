"""Forks: they go on as their source did, and may change what the kept numbers do not depend on."""

import shutil

import pytest

from engine.errors import CheckpointError, ConfigError
from engine.events import Resume
from engine.metrics.fitness import fitness
from engine.run.fork import changed_config, fork, history
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
    commit = fork(source, commits[-1], config, 1, config, tmp_path)
    resume = Resume(commit.checkpoint, commit.sha256, commit.step)
    again, _ = play(config, tmp_path, resume=resume)
    first = next(i for i, e in enumerate(events) if e["kind"] == "generation_finished")
    assert again == events[first + 1 :]
    weights = [(folder / "result" / "model.safetensors").read_bytes() for folder in (source, tmp_path)]
    assert weights[0] == weights[1]


def test_a_fork_may_search_longer_but_not_on_other_data(whole, tmp_path):
    source, _, commits = whole
    longer = changed_config(tiny_config(), {"search": {"generations": 3}}, 2)
    commit = fork(source, commits[-1], tiny_config(), 2, longer, tmp_path)
    events, _ = play(longer, tmp_path, resume=Resume(commit.checkpoint, commit.sha256, commit.step))
    assert [e["generation"] for e in events if e["kind"] == "generation_finished"] == [2]
    with pytest.raises(ConfigError, match=r"^seed: a fork keeps its source's"):
        changed_config(tiny_config(), {"seed": 7}, 0)
    for field, value in {"recalibration_batches": 2, "seed": 7}.items():
        with pytest.raises(ConfigError, match=rf"^search\.{field}: a fork keeps its source's, but at generation 0$"):
            changed_config(tiny_config(), {"search": {field: value}}, 1)
        assert getattr(changed_config(tiny_config(), {"search": {field: value}}, 0).search, field) == value
    assert changed_config(tiny_config(), {"search": {"seed": tiny_config().seed}}, 1).search_seed == 0
    with pytest.raises(ConfigError, match="generation: must be 0 to 2, got 3"):
        fork(source, commits[-1], tiny_config(), 3, tiny_config(), tmp_path / "other")


def test_a_fork_runs_as_its_own_runtime_says_and_as_its_source_where_that_is_the_same(whole, tmp_path):
    source, _, commits = whole
    forks = {"same": {}, "other": {"runtime": {"threads": 2, "device": "auto"}}}
    began = {}
    for name, changes in forks.items():
        config = changed_config(tiny_config(), changes, 1)
        commit = fork(source, commits[-1], tiny_config(), 1, config, tmp_path / name)
        made = read_metadata(tmp_path / name / "checkpoints" / commit.checkpoint, commit.sha256)["state"]
        began[name] = (made["threads"], made["device"])
        assert made["kernels"] == kernels_of(source, commits[-1])
    assert began == {"same": (1, "cpu"), "other": (0, "")}
    _, stored = play(config, tmp_path / "other", resume=Resume(commit.checkpoint, commit.sha256, commit.step))
    after = read_metadata(tmp_path / "other" / "checkpoints" / stored[-1].checkpoint, stored[-1].sha256)["state"]
    assert after["threads"] == 2


def generations(events):
    return [event for event in events if event["kind"] == "generation_finished"]


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
        fork(copy, commits[-1], tiny_config(), 1, tiny_config(), tmp_path / "fork")


def test_a_fork_at_generation_0_searches_anew_with_a_seed_and_an_algorithm_of_its_own(whole, tmp_path):
    """One supernet, another search: no epoch is trained, N_avg is the source's, the first population another."""
    source, events, commits = whole
    changes = {
        "search": {"seed": 7, "fitness_lambda": -0.5, "algorithm": "random_search"},
        "retrain": {"winner": False},
    }
    config = changed_config(tiny_config(), changes, 0)
    commit = fork(source, commits[-1], tiny_config(), 0, config, tmp_path)
    found, _ = play(config, tmp_path, resume=Resume(commit.checkpoint, commit.sha256, commit.step))
    assert [event["kind"] for event in found] == ["generation_finished"] * 2
    assert {one["origin"] for one in found[1]["candidates"]} == {"random"}
    first = [one["architecture"] for one in found[0]["candidates"]]
    assert first != [one["architecture"] for one in generations(events)[0]["candidates"]]
    assert found[0]["reference_spikes"] == generations(events)[0]["reference_spikes"]


def test_a_fork_under_another_lambda_ranks_its_kept_candidates_anew_and_goes_on_from_there(whole, tmp_path):
    source, events, commits = whole
    config = changed_config(tiny_config(), {"search": {"fitness_lambda": -2.0, "generations": 3}}, 2)
    commit = fork(source, commits[-1], tiny_config(), 2, config, tmp_path)
    own = history(events, tiny_config(), 2, config)
    rest, _ = play(config, tmp_path, resume=Resume(commit.checkpoint, commit.sha256, commit.step))
    assert own[0]["found_under"] == [{"generations": 2, "fitness_lambda": -0.08}]
    average = next(event["average_spikes"] for event in own if event["kind"] == "supernet_finished")
    seen = [one for event in generations(own) for one in event["candidates"]]
    for one in seen:
        assert one["fitness"] == fitness(one["accuracy"], one["spikes"], average, -2.0)
    parents = sorted(seen, key=lambda one: (-one["fitness"], -one["id"]))[:2]
    assert generations(own)[1]["parents"] == [one["id"] for one in parents] != generations(events)[1]["parents"]
    bred = [one for one in generations(rest)[0]["candidates"] if one["origin"] == "mutation"]
    assert bred
    assert {id for one in bred for id in one["parents"]} <= {one["id"] for one in parents}
    card = (tmp_path / "result" / "README.md").read_text()
    assert "Scored anew: generations 1 to 2 were found under λ = -0.08; scored anew under λ = -2." in card


def test_what_a_fork_does_not_score_anew_stays_as_it_was(whole):
    _, events, _ = whole
    other = history(events, tiny_config(), 1, changed_config(tiny_config(), {"search": {"fitness_lambda": -2.0}}, 1))
    same = history(events, tiny_config(), 1, tiny_config())
    assert same == events[: len(same)]
    for was, now in zip(same, other, strict=True):
        changed = {key for key in was if was[key] != now[key]}
        assert changed <= {"config_digest", "candidates", "best", "parents"}
