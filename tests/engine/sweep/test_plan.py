"""The searches of a sweep: λ by λ, each with each seed, on one study's supernet."""

import pytest

from engine.config.presets import PRESETS
from engine.errors import ConfigError
from engine.run.fork import require_forkable
from engine.sweep.plan import searches, seeds_from
from tests.engine.tiny import tiny_config


def test_each_lambda_comes_with_each_seed_as_a_fork_at_generation_0_that_ends_with_its_search():
    source = tiny_config(seed=3)
    planned = searches(source, [0.0, -0.08], [3, 4])
    assert [(one.exponent, one.seed, str(one.folder)) for one in planned] == [
        (0.0, 3, "lambda-0-seed-3"),
        (0.0, 4, "lambda-0-seed-4"),
        (-0.08, 3, "lambda-0.08-seed-3"),
        (-0.08, 4, "lambda-0.08-seed-4"),
    ]
    for one in planned:
        require_forkable(source, one.config, 0)
        assert not one.config.retrain.winner
    assert planned[1].config.name == "Tiny, λ = 0, seed 4"


def test_with_retraining_a_search_with_the_study_s_own_seed_is_the_study_begun_anew_under_that_lambda():
    (one,) = searches(tiny_config(), [-0.16], retrain=True)
    anew = tiny_config()
    anew = anew.model_copy(update={"search": anew.search.model_copy(update={"fitness_lambda": -0.16})})
    assert one.config.digest() == anew.digest()


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"lambdas": []}, "^lambda: give at least one$"),
        ({"lambdas": [0.0, -0.0]}, "^lambda: -?0 is given twice$"),
        ({"lambdas": [0.5]}, r"^search\.fitness_lambda: must be at most 0, got 0\.5$"),
        ({"seeds": [1, 1]}, "^seed: 1 is given twice$"),
        ({"seeds": [-1]}, r"^search\.seed: must be at least 0, got -1$"),
        ({"seeds": list(range(201))}, "^lambda: 1 × 201 seeds are more than 200 searches$"),
        ({"changes": {"generations": 0}}, r"^search\.generations: must be at least 1, got 0$"),
        ({"source": PRESETS["space-quality"].config}, "^analysis: an analysis has no supernet"),
    ],
)
def test_what_cannot_be_searched_is_named_with_its_bound(given, message):
    options = {"source": tiny_config(), "lambdas": [0.0]} | given
    with pytest.raises(ConfigError, match=message):
        searches(**options)


def test_a_sweep_of_a_search_without_retraining_retrains_where_it_is_asked_to():
    source = searches(tiny_config(), [0.0])[0].config
    assert searches(source, [0.0], retrain=True)[0].config.retrain == tiny_config().retrain


def test_seeds_count_from_the_study_s_own():
    assert seeds_from(tiny_config(seed=3), 3) == [3, 4, 5]
    with pytest.raises(ConfigError, match="seeds: must be 1 to 2, got 3"):
        seeds_from(tiny_config(seed=2**31 - 2), 3)
