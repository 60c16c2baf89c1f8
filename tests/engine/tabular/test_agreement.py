"""How well estimates rank a table's architectures."""

from functools import partial

import pytest

from engine.errors import MeasureError
from engine.metrics.rank_correlation import rank_correlation
from engine.tabular import agreement as module
from engine.tabular.agreement import agreement, predictors, results, spike_estimates
from engine.tabular.table import Table
from tests.engine.tabular.made import ACCURACY, FEW, study
from tests.engine.tabular.made import made as table_of

FOUR = {genome: ACCURACY[genome] for genome in ("S-S", "S-C3", "C3-S", "C3-C3")}


def made() -> Table:
    return table_of(study(FEW))


@pytest.fixture(scope="module")
def found():
    """What is told of a predictor and its seed. Few resamples: only their interval depends on them."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "rank_correlation", partial(rank_correlation, resamples=100))
        told = {(each["predictor"], each["of_seed"]): each for each in predictors(made())}
    return lambda name, seed: told[name, seed]


def test_estimates_in_the_tables_order_agree_wholly():
    exact = results(made())
    assert exact == pytest.approx(FOUR)
    assert agreement(exact, {genome: 2 * value for genome, value in FOUR.items()}).tau == pytest.approx(1)
    assert agreement(exact, {genome: -value for genome, value in FOUR.items()}).tau == pytest.approx(-1)


def test_only_genomes_that_both_have_are_compared():
    some = {"S-S": 0.1, "C3-C3": 0.3, "C3-S": 0.2, "I3x6-S": 0.9}
    assert agreement(results(made()), some).n == 3
    with pytest.raises(MeasureError, match="at least 3 genomes must be among the results', got 1"):
        agreement(results(made()), {"S-S": 0.1, "I3x6-S": 0.9})


def test_every_estimate_stands_beside_the_accuracies_of_training(found):
    assert found("supernet_accuracy", 0)["tau"] == pytest.approx(1)
    assert found("snip", 1)["tau"] == pytest.approx(-1)
    assert found("grad_norm", None)["n"] == 4
    assert "all estimates equal" in found("supernet_accuracy", 1)["why"]


def test_one_training_is_a_predictor_too(found):
    assert found("validation_accuracy of one training", 0)["tau"] == pytest.approx(1)
    assert found("validation_accuracy of one training", 1)["tau"] == pytest.approx(-1)
    assert found("test_accuracy of seed 0 for seed 1", 0)["tau"] == pytest.approx(1)


def test_estimates_of_spikes():
    assert [each["tau"] for each in spike_estimates(made())] == pytest.approx([1, 1, 1])


def test_results_of_a_seed_that_is_not_there():
    with pytest.raises(MeasureError, match="seed: by-hand has 0, 1, got 7"):
        results(made(), seed=7)
