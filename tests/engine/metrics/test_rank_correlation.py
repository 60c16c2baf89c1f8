"""Kendall's τ-b against pairs counted by hand and against its definition; and the bootstrap's behaviour."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from engine.errors import MeasureError
from engine.metrics.rank_correlation import rank_correlation


def tau_by_definition(x, y):
    pairs = list(itertools.combinations(range(len(x)), 2))
    signs = [(np.sign(x[i] - x[j]), np.sign(y[i] - y[j])) for i, j in pairs]
    untied_x, untied_y = sum(a != 0 for a, _ in signs), sum(b != 0 for _, b in signs)
    return sum(a * b for a, b in signs) / math.sqrt(untied_x * untied_y)


def test_four_architectures_without_ties():
    """x rises; y = 1 3 2 4: of 6 pairs only (3, 2) is discordant: (5 − 1)/6."""
    found = rank_correlation([0.60, 0.61, 0.62, 0.63], [81.0, 83.0, 82.0, 84.0], seed=0)
    assert found.tau == pytest.approx(4 / 6)
    assert found.n == 4


def test_ties_shrink_the_denominator():
    """x = 1 1 2, y = 1 2 3: pairs: tied in x, concordant, concordant; τ-b = 2/√((3 − 1)·3)."""
    assert rank_correlation([1, 1, 2], [1, 2, 3], seed=0).tau == pytest.approx(2 / math.sqrt(6))


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), min_size=3, max_size=12))
def test_tau_is_its_definition(pairs):
    x, y = zip(*pairs, strict=True)
    assume(len(set(x)) > 1 and len(set(y)) > 1)
    assert rank_correlation(x, y, seed=1, resamples=100).tau == pytest.approx(tau_by_definition(x, y))


def test_perfect_order_has_the_interval_one_to_one_and_reversal_mirrors_it():
    x = list(range(8))
    assert rank_correlation(x, x, seed=3).low == pytest.approx(1.0)
    reversed_ = rank_correlation(x, x[::-1], seed=3)
    assert (reversed_.tau, reversed_.high) == (pytest.approx(-1.0), pytest.approx(-1.0))


def noisy(n, seed=5):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=n)
    return x, x + rng.normal(size=n)


def test_the_interval_holds_tau_and_narrows_with_more_pairs():
    few, many = rank_correlation(*noisy(15), seed=0), rank_correlation(*noisy(150), seed=0)
    for found in (few, many):
        assert found.low < found.tau < found.high
    assert many.high - many.low < 0.6 * (few.high - few.low)


def test_a_lower_confidence_gives_a_narrower_interval_inside():
    wide, narrow = (rank_correlation(*noisy(20), seed=0, confidence=c) for c in (0.95, 0.5))
    assert wide.low < narrow.low < narrow.high < wide.high


def test_the_interval_depends_on_the_seed_alone():
    first, again, other = (rank_correlation(*noisy(12), seed=seed) for seed in (7, 7, 8))
    assert first == again
    assert (first.low, first.high) != (other.low, other.high)


def test_resamples_without_a_tau_are_left_out_and_counted():
    """Of 3 pairs drawn 3 times with replacement, 3 of 27 draws repeat one pair: about 1 in 9 resamples has no τ."""
    found = rank_correlation([1, 2, 3], [1, 2, 3], seed=0, resamples=1000)
    assert 850 < found.resamples < 930


@pytest.mark.parametrize(
    ("x", "y", "options", "message"),
    [
        ([1, 2], [1, 2], {}, "needs at least 3 pairs, got 2"),
        ([1, 2, 3], [1, 2], {}, "needs as many results as estimates, got 2 and 3"),
        ([1, 2, math.nan], [1, 2, 3], {}, "estimates must be finite"),
        ([1, 2, 3], [4, 4, 4], {}, "all results equal 4"),
        ([1, 2, 3], [1, 2, 3], {"confidence": 1.0}, "confidence must be at least 0.5 and below 1, got 1.0"),
        ([1, 2, 3], [1, 2, 3], {"resamples": 10}, "resamples must be 100 to 10,000, got 10"),
    ],
)
def test_what_cannot_be_ranked_is_refused(x, y, options, message):
    with pytest.raises(MeasureError, match=message):
        rank_correlation(x, y, seed=0, **options)
