"""Kendall's τ-b against pairs counted by hand and its definition; the interval's coverage; the rate of false claims."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from engine.errors import MeasureError
from engine.metrics.rank_correlation import SIGNIFICANCE, bootstrap_interval, permutation_p, rank_correlation, ranks_of


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
@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), min_size=3, max_size=8))
def test_tau_is_its_definition(pairs):
    x, y = zip(*pairs, strict=True)
    assume(len(set(x)) > 1 and len(set(y)) > 1)
    assert rank_correlation(x, y, seed=1, resamples=100).tau == pytest.approx(tau_by_definition(x, y))


def test_perfect_order_has_the_interval_one_to_one_and_reversal_mirrors_it():
    x = list(range(10))
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
    """Results 0 but for one: a resample lacks the one with (9/10)¹⁰ ≈ 0.349, or holds nothing else (10⁻¹⁰)."""
    found = rank_correlation(range(10), [0] * 9 + [1], seed=0, resamples=1000)
    assert 600 < found.resamples < 700


@pytest.mark.parametrize("n", range(3, 10))
def test_fewer_than_ten_pairs_have_no_interval(n):
    found = rank_correlation(range(n), range(n), seed=0)
    assert found.tau == pytest.approx(1)
    assert (found.low, found.high, found.resamples) == (None, None, 0)


@pytest.mark.parametrize(
    ("results", "p"),
    [
        ([1, 2, 3], 1 / 6),  # one order of six is perfect
        ([1, 2, 3, 4], 1 / 24),
        ([1, 2, 4, 3], 4 / 24),  # and three have one discordant pair
        ([1, 2, 3, 5, 4], 5 / 120),  # 1 + 4
        ([1, 3, 2, 5, 4], 14 / 120),  # 1 + 4 + 9 with at most two
        ([4, 3, 2, 1], 1),
        ([1, 1, 2], 2 / 6),  # of the places of the one 2, the last
    ],
)
def test_p_counts_the_orders_that_agree_as_well(results, p):
    found = rank_correlation(range(len(results)), results, seed=0)
    assert found.p_value == pytest.approx(p)
    assert found.better_than_chance == (p <= 0.05)


def test_p_of_more_pairs_is_drawn_and_near_the_exact_one():
    """11 pairs with two discordant ones: of 11! orders 1 have none, 10 one and 54 two: p = 65/11! ≈ 1.6·10⁻⁶."""
    close = [1, 0, 2, 3, 4, 5, 6, 7, 8, 10, 9]
    assert rank_correlation(range(11), close, seed=0).p_value == 1 / 10_000, "none drawn: (1 + 0) ÷ (1 + 9,999)"
    middling = rank_correlation(range(10), [5, 2, 0, 1, 3, 9, 4, 8, 7, 6], seed=0)
    assert middling.p_value == pytest.approx(exact_p(10, 14), abs=0.009)


def exact_p(n, discordant):
    """Share of the orders of n things with at most so many discordant pairs, by inserting one thing after another."""
    counts = [1]  # orders by their discordant pairs
    for places in range(2, n + 1):
        longer = [0] * (len(counts) + places - 1)
        for found, orders in enumerate(counts):
            for added in range(places):
                longer[found + added] += orders
        counts = longer
    return sum(counts[: discordant + 1]) / math.factorial(n)


@pytest.mark.parametrize(("n", "rankings"), [(3, 1000), (4, 1000), (5, 1000), (6, 500), (7, 150), (10, 40), (14, 40)])
def test_an_unrelated_ranking_is_called_better_than_chance_in_at_most_5_of_100(n, rankings):
    """A claim at exactly 5 % is made in 5 % ± 3 standard errors of the rankings at most."""
    rng = np.random.default_rng(n)
    unrelated = ((ranks_of(rng.random(n)), ranks_of(rng.random(n))) for _ in range(rankings))
    claims = sum(permutation_p(x, y, seed=0) <= SIGNIFICANCE for x, y in unrelated)
    assert claims / rankings <= 0.05 + 3 * math.sqrt(0.05 * 0.95 / rankings)


@pytest.mark.parametrize("n", range(3, 10))
def test_no_threshold_lets_more_than_5_of_100_orders_pass(n):
    """Without ties p depends on the discordant pairs alone: the largest share of orders that is ≤ 5 %."""
    claimed = max((p for d in range(n * n) if (p := exact_p(n, d)) <= 0.05), default=0)
    assert claimed == pytest.approx({3: 0, 4: 1 / 24, 5: 5 / 120, 6: 20 / 720}.get(n, claimed))
    assert claimed <= 0.05


@pytest.mark.parametrize(("n", "correlation"), [(10, 0.0), (10, 0.6), (20, 0.8)])
def test_the_interval_covers_tau_of_normal_pairs(n, correlation):
    """Of pairs with correlation ρ, τ = 2/π·asin ρ (Greiner). At 95 % nominal, 100 intervals: 95 ± 3·2.2."""
    rng, expected = np.random.default_rng(n), 2 / math.pi * math.asin(correlation)
    covered = 0
    for seed in range(100):
        x = rng.normal(size=n)
        y = correlation * x + math.sqrt(1 - correlation**2) * rng.normal(size=n)
        low, high, _ = bootstrap_interval(ranks_of(x), ranks_of(y), seed)
        covered += low <= expected <= high
    assert covered >= 88


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
