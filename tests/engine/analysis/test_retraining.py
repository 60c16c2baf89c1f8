"""Architectures of a search trained from scratch: the analysis that does it, and the rank correlation they join."""

import pytest

from engine.analysis.retraining import joined_trust, retraining, summary
from engine.config.presets import PRESETS
from engine.errors import ConfigError
from engine.events import TrainingFinished
from engine.sweep.plan import searches
from tests.engine.tiny import tiny_config


def trained(code, accuracy, seed=0, estimate=None, spikes=10.0):
    return TrainingFinished(
        number=0, trainings=1, arm=code, architecture=code, seed=seed, epochs=1, loss=(), accuracy=(),
        test_accuracy=accuracy, test_spikes=spikes, firing_rate=0.1, parameters=1, spikes_by_layer={},
        search_accuracy=estimate,
    )  # fmt: skip


def test_it_has_the_data_network_and_recipe_of_the_source_and_an_arm_for_each_architecture():
    source = tiny_config(seed=4)
    found = retraining(source, ["R3-S", "S-C3", "R3-S"], 3)
    assert (found.data, found.network, found.retrain, found.seed) == (source.data, source.network, source.retrain, 4)
    assert [(arm.label, arm.architectures) for arm in found.analysis.arms] == [("R3-S", ("R3-S",)), ("S-C3", ("S-C3",))]
    assert (found.analysis.seeds, found.name) == (3, "Tiny: 2 architectures from scratch")
    assert retraining(source, ["R3-S"], 1).name == "Tiny: R3-S from scratch"


def test_a_source_that_retrains_no_winner_has_a_recipe_all_the_same():
    (search,) = searches(tiny_config(), [0.0])
    assert retraining(search.config, ["R3-S"], 1).retrain == tiny_config().retrain


@pytest.mark.parametrize(
    ("source", "codes", "seeds", "message"),
    [
        (tiny_config(), [], 1, "^architectures: give 1 to 50 genomes, got 0$"),
        (tiny_config(), ["R3-S"], 0, "^seeds: must be 1 to 100, got 0$"),
        (tiny_config(), ["R5-S"], 1, "^architectures: searched layer 1: SRB_k5 is not one of"),
        (tiny_config(), ["?"], 1, "^architectures: "),
        (PRESETS["space-quality"].config, ["R3-S"], 1, "^analysis: this study trains its architectures"),
    ],
)
def test_what_cannot_be_trained_is_refused_by_field(source, codes, seeds, message):
    with pytest.raises(ConfigError, match=message):
        retraining(source, codes, seeds)


def test_one_architecture_is_one_pair_of_the_rank_correlation_its_seeds_averaged():
    """Estimates S-S < R3-S < C3-S; tests 0.5, (0.6 + 0.9) / 2 = 0.75, 0.7: two pairs of three agree, τ = 1/3."""
    own = [trained("S-S", 0.5, estimate=0.1), trained("S-R3", 0.99)]  # the winner's further seeds have no estimate
    later = [trained("R3-S", 0.6), trained("R3-S", 0.9, seed=1), trained("C3-S", 0.7), trained("C3-C3", 0.1)]
    estimates = {"S-S": 0.1, "R3-S": 0.2, "C3-S": 0.3, "S-R3": 0.4}
    trust, note = joined_trust(0, own, later, estimates)
    assert (trust.n, note) == (3, "")
    assert trust.tau == pytest.approx(1 / 3)
    assert joined_trust(0, [], later, {}) == (None, "")
    assert "at least 3" in joined_trust(0, own, [], estimates)[1]


def test_each_architecture_is_told_with_its_estimate_beside_mean_and_spread():
    done = [trained("R3-S", 0.6, spikes=10.0), trained("R3-S", 0.8, seed=1, spikes=30.0), trained("S-S", 0.5)]
    first, second = summary({"R3-S": 0.4}, done)
    assert first.pop("deviation") == pytest.approx(0.1414, abs=1e-4)
    assert first == {
        "architecture": "R3-S", "search_accuracy": 0.4, "seeds": [0, 1], "test_accuracy": 0.7, "test_spikes": 20.0,
    }  # fmt: skip
    assert (second["search_accuracy"], second["deviation"]) == (None, None)
