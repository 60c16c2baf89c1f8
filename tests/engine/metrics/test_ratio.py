"""Ratios of results paired by seed, with Student's interval on their logarithms."""

import math

import pytest

from engine.metrics.ratio import Ratio, paired_ratio


def test_two_seeds_by_hand():
    """Ratios 2 and 8: logarithms ln 2 and 3·ln 2, mean 2·ln 2, deviation √2·ln 2, standard error ln 2.

    Student's t at 97.5 % with 1 degree of freedom is tan(0.475·π) = 12.7062.
    """
    found = paired_ratio({0: 20.0, 1: 80.0}, {0: 10.0, 1: 10.0})
    assert found is not None
    assert found.value == pytest.approx(4)
    half = math.tan(0.475 * math.pi) * math.log(2)
    assert (found.low, found.high) == pytest.approx((4 * math.exp(-half), 4 * math.exp(half)))
    assert (found.n, found.clear) == (2, False)


def test_three_seeds_by_hand():
    """Ratios 1, 2, 4: mean ln 2, deviation ln 2; t with 2 degrees of freedom is 4.30265."""
    found = paired_ratio({0: 1.0, 1: 2.0, 2: 4.0}, {0: 1.0, 1: 1.0, 2: 1.0})
    assert found is not None
    half = 4.30265 * math.log(2) / math.sqrt(3)
    assert (found.value, found.low) == pytest.approx((2, 2 * math.exp(-half)), rel=1e-5)


def test_seeds_that_agree_are_clear_and_pairing_takes_out_what_seeds_share():
    """Seed 1 fires ten times as much in both; the ratios 1.50 and 1.51 hardly differ."""
    found = paired_ratio({0: 150.0, 1: 1510.0}, {0: 100.0, 1: 1000.0})
    assert found is not None
    assert found.clear
    assert 1.4 < (found.low or 0) < 1.5 < (found.high or 0) < 1.6


def test_one_common_seed_has_a_ratio_and_no_interval():
    assert paired_ratio({0: 3.0, 1: 9.0}, {0: 2.0, 5: 1.0}) == Ratio(pytest.approx(1.5), None, None, 1)
    assert Ratio(1.5, None, None, 1).clear is None


@pytest.mark.parametrize(("larger", "smaller"), [({}, {0: 1.0}), ({0: 1.0}, {1: 1.0}), ({0: 1.0}, {0: 0.0})])
def test_without_a_common_seed_or_with_a_result_of_0_there_is_none(larger, smaller):
    assert paired_ratio(larger, smaller) is None


def test_the_interval_covers_the_true_ratio_in_95_of_100_repetitions_of_two_seeds():
    """1,000 repetitions of two seeds with log-normal noise: 950 expected, standard deviation 7."""
    import numpy as np

    drawn = np.exp(np.random.default_rng(0).normal(math.log(1.5), 0.1, (1000, 2)))
    found = [paired_ratio({0: a, 1: b}, {0: 1.0, 1: 1.0}) for a, b in drawn]
    covered = sum(one is not None and (one.low or 0) <= 1.5 <= (one.high or 0) for one in found)
    assert 925 <= covered <= 975
