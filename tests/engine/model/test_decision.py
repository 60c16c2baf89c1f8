"""The answer of a network from its firing rates, ties included."""

import numpy as np
import pytest
import torch

from engine.inspection.decision import decisions
from engine.model.decision import predicted

RATES = [
    ([0.1, 0.4, 0.2, 0.0], 1),
    ([0.1, 0.4, 0.2, 0.4], 1),  # of two, the lower
    ([0.0, 0.2, 0.2, 0.2], 1),  # of three
    ([0.3, 0.3, 0.3, 0.3], 0),  # of all
    ([0.0, 0.0, 0.0, 0.0], 0),  # without an output spike
]


@pytest.mark.parametrize(("rates", "answer"), RATES)
def test_the_highest_rate_wins_and_of_equal_ones_the_lowest_class(rates, answer):
    assert predicted(torch.tensor([rates])).tolist() == [answer]


@pytest.mark.parametrize(("rates", "answer"), RATES[:-1])
def test_an_inspection_s_decision_is_the_same(rates, answer):
    assert decisions(np.array([rates], np.float32)) == [answer]


@pytest.mark.parametrize("votes_and_steps", [15, 80, 640])
def test_equal_numbers_of_votes_are_equal_rates_however_they_are_spread(votes_and_steps):
    """k of n votes at random places are the same mean, to the last bit, for every k."""
    generator = torch.Generator().manual_seed(votes_and_steps)
    for k in range(0, votes_and_steps + 1, 7):
        orders = torch.rand(8, votes_and_steps, generator=generator).argsort(1)
        votes = (orders < k).float().view(8, -1, 5)  # [orders, T, votes]
        assert votes.mean(dim=(1, 2)).unique().numel() == 1
