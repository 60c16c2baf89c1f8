"""A trained supernet, used again without training."""

import pytest

import autosnn as A
from engine.errors import ArchitectureError
from engine.events import PhaseStarted


def test_it_evaluates_as_the_search_did_to_the_last_digit(finished):
    found, known = finished.supernet.evaluate(finished.candidates["architecture"]), finished.candidates
    for column in ("architecture", "accuracy", "spikes", "fitness", "firing_rate", "parameters"):
        assert found[column] == known[column]


def test_one_genome_alone_gives_the_same_as_among_others(finished):
    net, code = finished.supernet, finished.candidates["architecture"][0]
    (alone,) = net.evaluate(code)
    assert alone == net.evaluate(finished.candidates["architecture"])[0]
    (tested,) = net.evaluate([code], split="test")
    assert tested["spikes"] != alone["spikes"]


def test_a_genome_outside_the_space_is_refused(finished):
    with pytest.raises(ArchitectureError, match="searched layer 1: SRB_k5 is not one of skip_connect, SCB_k3, SRB_k3"):
        finished.supernet.evaluate(["R5-S"])
    with pytest.raises(A.ConfigError, match="split: must be validation or test, got 'train'"):
        finished.supernet.evaluate(["S-S"], split="train")


def test_it_is_searched_again_without_training(finished, tmp_path):
    again = finished.supernet.search(workdir=tmp_path / "again", algorithm="random_search", generations=1)
    assert again.state == "paused"
    begun = [event.phase for event in again.run().stored if isinstance(event, PhaseStarted)]
    trained = [row for row in again.curves if row["phase"] == "supernet"]
    assert begun == ["supernet", "search", "retrain"]
    assert trained == [row for row in finished.curves if row["phase"] == "supernet"]  # taken along, not done anew
    assert len(again.candidates) == 4
    assert again.config["search.algorithm"] == "random_search"
    same = finished.supernet.search(workdir=tmp_path / "again", algorithm="random_search", generations=1)
    assert same.state == "finished"


def test_an_unknown_field_of_the_search_is_named(finished, tmp_path):
    with pytest.raises(A.ConfigError, match=r"search\.generation: .* the nearest is search\.generations"):
        finished.supernet.search(workdir=tmp_path / "x", generation=3)
    assert not (tmp_path / "x").exists()


def test_a_study_that_has_not_begun_has_none(tiny, tmp_path):
    with pytest.raises(A.EngineError):
        _ = A.Study(tiny, workdir=tmp_path / "w").supernet
