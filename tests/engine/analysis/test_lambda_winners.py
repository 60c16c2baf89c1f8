"""What each λ chooses of a whole space: by hand, and the order of the winners' spikes as a property."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.__main__ import main
from engine.analysis.lambda_winners import ranking, retraining, winners, winners_at
from engine.cli.journal import Journal
from engine.config.parse import parse_config
from engine.config.presets import PRESETS
from engine.errors import MeasureError
from engine.events import Candidate, Commit, GenerationFinished, StudyFinished, SupernetFinished

LAMBDAS = (0.0, -0.08, -0.16, -0.24)


def candidate(number: int, accuracy: float, spikes: float, architecture: str = "S-S-S") -> Candidate:
    return Candidate(
        id=number, generation=0, architecture=architecture, accuracy=accuracy, spikes=spikes, firing_rate=0.1,
        fitness=accuracy, parameters=1, origin="random", parents=(), changed=(), spike_map="",
    )  # fmt: skip


def test_three_architectures_by_hand():
    """N_avg = 100. λ = 0: 0.9 wins. λ = −0.16: 0.9·2^−0.16 = 0.8055, 0.85·1 = 0.85, 0.7·0.5^−0.16 = 0.7821.

    λ = −0.24: 0.9·2^−0.24 = 0.762, 0.85, 0.7·2^0.24 = 0.8267. λ = −1: 0.45, 0.85, 1.4.
    """
    seen = [candidate(0, 0.9, 200), candidate(1, 0.85, 100), candidate(2, 0.7, 50)]
    found = winners(seen, 100, (0.0, -0.16, -0.24, -1.0))
    assert [winner.candidate.id for winner in found] == [0, 1, 1, 2]


def test_of_equally_fit_ones_the_fewest_spikes_win_and_silence_never_does():
    seen = [candidate(0, 0.5, 90), candidate(1, 0.5, 80), candidate(2, 0.9, 0)]
    assert winners(seen, 100, [0.0])[0].candidate.id == 1


def test_no_candidate_has_no_winner():
    with pytest.raises(MeasureError, match="has evaluated no architecture"):
        winners([], 100)


measured = st.tuples(st.integers(0, 300), st.integers(0, 10**7))
"""Correct answers of 300 and spikes over 300 samples, as an evaluation counts them."""


@given(st.lists(measured, min_size=1, max_size=40), st.integers(1, 10**5), st.lists(st.integers(-100, 0), min_size=2))
def test_spikes_of_the_exact_winner_never_rise_as_lambda_falls(counts, average, hundredths):
    seen = [candidate(i, correct / 300, spikes / 300) for i, (correct, spikes) in enumerate(counts)]
    lambdas = sorted((one / 100 for one in hundredths), reverse=True)
    spikes = [winner.candidate.spikes for winner in winners(seen, average, lambdas) if winner.candidate.accuracy > 0]
    assert spikes == sorted(spikes, reverse=True)


@pytest.fixture
def searched(tmp_path):
    """The folder of a finished exhaustive search that evaluated two architectures."""
    seen = (candidate(0, 0.9, 200, "C3-C3-C3"), candidate(1, 0.89, 100, "S-C3-S"))
    generation = GenerationFinished(
        generation=0, generations=1, candidates=seen, best=0, parents=(0,), front=(1, 0), hypervolume=0.5,
        reference_spikes=200.0,
    )  # fmt: skip
    winner = StudyFinished(
        candidate=0, architecture="C3-C3-C3", test_accuracy=0.9, test_spikes=210.0, firing_rate=0.1,
        best_test_accuracy=0.9, parameters=1, spike_map="", spikes_by_layer={}, checkpoint="", sha256="",
    )  # fmt: skip
    end = Commit(checkpoint="0001.safetensors", sha256="0" * 64, size=1, step=1, phase="done")
    config = PRESETS["digits-exhaustive"].config
    Journal(tmp_path / "search", config).append([SupernetFinished(average_spikes=100.0), generation, winner], end)
    return tmp_path / "search"


def test_the_winners_of_a_folder_become_an_analysis_with_an_arm_for_each_architecture(searched):
    """0.9·2^−0.08 = 0.851 < 0.89: from λ = −0.08 on the second wins."""
    assert [winner.candidate.id for winner in winners_at(searched)] == [0, 1, 1, 1]
    config = retraining(searched, 3)
    assert config.analysis is not None
    arms = [(arm.label, arm.architectures) for arm in config.analysis.arms]
    assert arms == [("λ = 0", ("C3-C3-C3",)), ("λ = −0.08, −0.16, −0.24", ("S-C3-S",))]
    assert (config.analysis.seeds, config.retrain) == (3, PRESETS["digits-exhaustive"].config.retrain)


def test_a_ranking_stands_beside_what_its_winners_came_to(searched, tmp_path):
    """N 220 and 240 against 110 and 120: twice as many with either seed. Accuracies 0.8 and 0.9: mean 0.85."""
    done = [
        {"arm": "λ", "architecture": code, "seed": seed, "test_accuracy": accuracy, "test_spikes": spikes,
         "firing_rate": 0.1}
        for code, seed, accuracy, spikes in (
            ("C3-C3-C3", 0, 0.8, 220), ("C3-C3-C3", 1, 0.9, 240), ("S-C3-S", 0, 0.8, 110), ("S-C3-S", 1, 0.9, 120))
    ]  # fmt: skip
    document = {"study": retraining(searched, 2).model_dump(mode="json"), "trainings": done}
    (tmp_path / "analysis.json").write_text(json.dumps(document))
    found = ranking(searched, [tmp_path / "analysis.json"])
    assert [(row["lambda"], row["architecture"], row["n"]) for row in found["winners"]] == [
        (0.0, "C3-C3-C3", 2), (-0.08, "S-C3-S", 2), (-0.16, "S-C3-S", 2), (-0.24, "S-C3-S", 2)
    ]  # fmt: skip
    assert (found["winners"][0]["test_accuracy"], found["winners"][0]["test_spikes"]) == pytest.approx((0.85, 230))
    assert found["fewer_spikes"]["value"] == pytest.approx(2)
    assert found["fewer_spikes"]["clear"]
    assert ranking(searched, [])["fewer_spikes"] is None


def test_a_folder_without_a_finished_search_is_refused(tmp_path):
    with pytest.raises(MeasureError, match="is not the folder of a finished search"):
        winners_at(tmp_path)


def test_the_command_prints_the_study_and_refuses_seeds_out_of_bounds(searched, capsys):
    assert main(["winners", str(searched), "--seeds", "2"]) == 0
    assert parse_config(json.loads(capsys.readouterr().out)) == retraining(searched, 2)
    assert main(["winners", str(searched), "--seeds", "0"]) == 2
    assert capsys.readouterr().err == "error: --seeds: must be 1 to 100, got 0\n"
