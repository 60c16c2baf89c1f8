"""Fronts and hypervolume against their definitions."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.metrics.pareto import dominates, front, hypervolume, knee

KNEES = Path(__file__).parents[2] / "fixtures" / "knees.json"
points = st.lists(st.tuples(st.integers(0, 10).map(lambda n: n / 10), st.integers(1, 20).map(float)), max_size=30)


@given(points)
def test_the_front_is_what_nothing_dominates(found):
    kept = {found[i] for i in front(found)}
    assert kept == {p for p in found if not any(dominates(q, p) for q in found)}
    assert len(front(found)) == len(kept)


def test_hypervolume_by_hand():
    # of the box 1 × 10: accuracy 0.8 over spikes 5…10 and 0.5 over 2…5
    assert hypervolume([(0.8, 5), (0.5, 2), (0.4, 6)], 10) == pytest.approx((0.8 * 5 + 0.5 * 3) / 10)


@given(st.lists(st.tuples(st.integers(0, 10), st.integers(1, 20)), max_size=12))
def test_hypervolume_against_brute_force(found):
    """Cells of a 10 × 20 grid that some point dominates: at most its accuracy, at least its spikes."""
    covered = sum(any(a >= i + 1 and n <= j for a, n in found) for i in range(10) for j in range(20))
    assert hypervolume([(a / 10, float(n)) for a, n in found], 20) == pytest.approx(covered / 200)


@given(points, st.tuples(st.just(0.5), st.just(3.0)))
def test_another_point_never_shrinks_the_hypervolume(found, extra):
    assert hypervolume([*found, extra], 20) >= hypervolume(found, 20) - 1e-12


@pytest.mark.parametrize("case", json.loads(KNEES.read_text()), ids=lambda case: case["name"])
def test_knee_by_hand(case):
    """The browser's knee is held to the same cases (tests/frontend/domain/knee.test.js)."""
    points = [(accuracy, spikes) for accuracy, spikes in case["front"]]
    distinct = [i for i, point in enumerate(points) if point not in points[:i]]
    assert front(points) == distinct, "the points are a front"
    assert case.get("repeats", False) == (len(distinct) < len(points))
    assert knee(points) == case["knee"]
