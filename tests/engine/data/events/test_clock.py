"""The clock of a recording: what is mended, what is sorted and told, what is refused."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.data.events.clock import LONGEST, TOLERANCE, in_order
from engine.errors import DataError

SECOND = 1_000_000


def ordered(t, clocks=(32,), shuffled=False):
    return in_order("a.aedat", np.array(t, np.int64), clocks, shuffled)


def test_a_clock_that_never_falls_is_left_as_it_is():
    found = ordered([-5, 0, 0, 7])
    assert (found.t.tolist(), found.order, found.notes) == ([-5, 0, 0, 7], None, ())


@pytest.mark.parametrize("bits", [23, 31, 32, 34])
def test_an_overflow_is_mended_and_told(bits):
    top = 1 << bits
    found = ordered([top - 20, top - 1, 3, 9], (bits,))
    assert (found.t - found.t[0]).tolist() == [0, 19, 23, 29]
    assert found.notes == ("the clock overflowed 1 times; mended",)


def test_a_signed_clock_overflows_to_its_lowest_number():
    found = ordered([(1 << 31) - 1, -(1 << 31), -(1 << 31) + 5])
    assert (found.t - found.t[0]).tolist() == [0, 1, 6]


def test_stragglers_at_an_overflow_stay_where_they_belong():
    top = 1 << 32
    found = ordered([top - 10, 5, top - 3, 20])
    assert (found.t - found.t[0]).tolist() == [0, 7, 15, 30]
    assert found.order.tolist() == [0, 2, 1, 3]


@given(st.lists(st.integers(0, 200 * SECOND), min_size=1, max_size=200), st.integers(0, (1 << 32) - 1))
def test_any_recording_keeps_its_distances_through_overflows(steps, first):
    true = first + np.cumsum(steps)
    if true[-1] - true[0] <= LONGEST:
        found = ordered(true % (1 << 32))
        np.testing.assert_array_equal(found.t - found.t[0], true - true[0])


@given(st.lists(st.integers(0, 10 * SECOND), min_size=2, max_size=100), st.randoms(use_true_random=False))
def test_small_disorder_is_sorted_and_told(times, random):
    times = sorted(times)
    mixed = [t + random.randint(0, TOLERANCE) for t in times]
    found = ordered(mixed)
    assert found.t.tolist() == sorted(mixed)
    assert bool(found.notes and "sorted by time" in found.notes[0]) == (mixed != sorted(mixed))


def test_equal_times_keep_their_order():
    assert ordered([5, 1, 5]).order.tolist() == [1, 0, 2]


RESETS = {
    "in the middle": [*range(0, SECOND, 1000), *range(0, SECOND, 1000)],
    "after stale events": [*range(300 * SECOND, 300 * SECOND + 5), *range(0, SECOND, 1000)],
    "after more than half the clock's range": [3_000_000_000, 3_000_000_100, 0, 100],
    "again and again": [0, 50_000, 0, 50_000, 0, 50_000],
}


@pytest.mark.parametrize("case", RESETS)
@pytest.mark.parametrize("shuffled", [False, True])
def test_a_reset_is_refused_with_its_place(case, shuffled):
    t = RESETS[case]
    at = next(k for k in range(1, len(t)) if t[k] < t[k - 1])
    size = f"{t[at - 1] - t[at]:,}"
    with pytest.raises(
        DataError, match=rf"a\.aedat: its clock runs back by {size} µs at event {at + 1:,} of {len(t):,}"
    ):
        ordered(t, shuffled=shuffled)


def test_an_array_in_no_order_at_all_is_sorted_and_told():
    t = np.random.default_rng(0).permutation(SECOND)[:1000]
    found = ordered(t, shuffled=True)
    assert found.t.tolist() == sorted(t.tolist())
    assert found.notes == ("the events were not in order of time; sorted by time",)
    with pytest.raises(DataError, match="runs back"):
        ordered(t)


def test_a_recording_longer_than_a_day_is_refused():
    with pytest.raises(
        DataError, match=r"lasts 277\.8 hours, at most 24: t must be in µs, or its timestamps are damaged"
    ):
        ordered([0, 10**12])


def test_a_recording_that_is_silent_nearly_all_the_time_is_pointed_out():
    found = ordered([0, 1, 2, 3, 4, *range(300 * SECOND, 301 * SECOND, 1000)])
    assert found.notes == (
        "no event for 300.0 of its 301.0 seconds, after event 5: stale events of an earlier recording, or a jump of "
        "the clock",
    )
