"""Equal votes in plain torch and in the C++ kernels: the lowest class."""

import pytest

from engine.backends.cpu.library import library
from engine.backends.dispatch import attach
from tests.engine.backends.tied_votes import (
    ANSWER,
    HALF,
    TIED,
    assert_ties_go_to_the_lowest,
    tied_network,
    without_the_winners,
)

NAMES = ["torch", pytest.param("cpu", marks=pytest.mark.skipif(library() is None, reason="no C++ compiler"))]


@pytest.mark.parametrize("name", NAMES)
def test_equal_votes_go_to_the_lowest_class(name):
    network = tied_network()
    attach(network, name)
    assert_ties_go_to_the_lowest(network, ANSWER, TIED)


@pytest.mark.parametrize("name", NAMES)
def test_so_do_equal_halves_of_the_votes(name):
    network = without_the_winners(tied_network())
    attach(network, name)
    assert_ties_go_to_the_lowest(network, *HALF)
