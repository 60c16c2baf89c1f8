"""Distributions of results, worked by hand; and that one result has no spread."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.errors import MeasureError
from engine.metrics.distributions import distribution


def test_four_accuracies_by_hand():
    """70, 72, 74, 80: mean 296/4 = 74; squares 16 + 4 + 0 + 36 = 56, ÷ 3; quartiles at places 0.75, 1.5, 2.25."""
    d = distribution([80, 70, 74, 72])
    assert (d.n, d.mean, d.minimum, d.maximum) == (4, 74.0, 70.0, 80.0)
    assert d.deviation == pytest.approx(math.sqrt(56 / 3))
    assert (d.lower_quartile, d.median, d.upper_quartile) == (70 + 0.75 * 2, 73.0, 74 + 0.25 * 6)


def test_one_result_has_no_spread_rather_than_spread_zero():
    d = distribution([0.873])
    assert (d.n, d.mean, d.minimum, d.median, d.maximum) == (1, 0.873, 0.873, 0.873, 0.873)
    assert (d.deviation, d.lower_quartile, d.upper_quartile) == (None, None, None)


def test_equal_results_do_have_a_spread_of_zero():
    assert distribution([3.0, 3.0]).deviation == 0.0


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ([], "needs at least 1 value, got 0"),
        ([1.0, math.nan], "value 2 must be a finite number, got nan"),
        ([math.inf], "value 1 must be a finite number, got inf"),
    ],
)
def test_what_has_no_distribution_is_refused(values, message):
    with pytest.raises(MeasureError, match=message):
        distribution(values)


@settings(deadline=None)
@given(st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=50), st.randoms())
def test_order_does_not_matter_and_the_summary_is_ordered(values, rng):
    d = distribution(values)
    shuffled = list(values)
    rng.shuffle(shuffled)
    assert distribution(shuffled) == d
    assert d.minimum <= d.lower_quartile <= d.median <= d.upper_quartile <= d.maximum
    assert d.deviation >= 0
