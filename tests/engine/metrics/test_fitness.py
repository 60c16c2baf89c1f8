"""Fitness worked by hand."""

import pytest

from engine.metrics.fitness import fitness


def test_fitness_by_hand():
    assert fitness(0.8, 100, 100, -0.08) == 0.8
    assert fitness(0.8, 50, 200, -0.5) == pytest.approx(1.6)  # (1/4)^-0.5 = 2
    assert fitness(0.8, 5, 100, 0.0) == 0.8


def test_a_silent_network_has_no_fitness():
    assert fitness(0.9, 0, 100, -0.08) == 0
