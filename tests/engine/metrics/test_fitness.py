"""Fitness worked by hand."""

import math

import pytest

from engine.config.objectives import Measured, Objective
from engine.config.search import SearchConfig
from engine.errors import PartError
from engine.metrics.fitness import fitness, fitness_of
from tests.own_blocks import registered


def test_fitness_by_hand():
    assert fitness(0.8, 100, 100, -0.08) == 0.8
    assert fitness(0.8, 50, 200, -0.5) == pytest.approx(1.6)  # (1/4)^-0.5 = 2
    assert fitness(0.8, 5, 100, 0.0) == 0.8


def test_a_silent_network_has_no_fitness():
    assert fitness(0.9, 0, 100, -0.08) == 0


MEASURED = Measured(0.5, 200.0, 100.0, -1.0, 7, 0.1)


def test_a_study_s_fitness_is_that_of_its_objective():
    with registered(Objective("mine", "accuracy less parameters", lambda one: one.accuracy - one.parameters)):
        assert fitness_of(SearchConfig(), MEASURED) == 0.25  # 0.5 · (200 / 100)^-1
        assert fitness_of(SearchConfig(objective="mine"), MEASURED) == -6.5


@pytest.mark.parametrize(
    ("function", "said"),
    [
        (lambda one: one.accuracy / 0, "objective 'mine' failed: ZeroDivisionError"),
        (lambda one: None, "objective 'mine' failed: TypeError"),
        (lambda one: math.nan, "objective 'mine' must give a finite number, gave nan"),
    ],
)
def test_an_objective_that_gives_no_number_is_told(function, said):
    with registered(Objective("mine", "mine", function)), pytest.raises(PartError, match=said):
        fitness_of(SearchConfig(objective="mine"), MEASURED)
