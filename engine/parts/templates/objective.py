"""An objective of one's own: accuracy, less a price for spikes and one for parameters."""

from __future__ import annotations

from engine.config.objectives import Measured, Objective
from engine.parts.register import register

PER_MILLION = 0.02
"""Accuracy that a million parameters must bring."""


def fitness(measured: Measured) -> float:
    """A finite number, the higher the fitter. λ ≤ 0 is `search.fitness_lambda`, by which a study sets the price."""
    share = measured.spikes / measured.average_spikes if measured.average_spikes else 0.0
    return measured.accuracy + measured.fitness_lambda * share - PER_MILLION * measured.parameters / 1_000_000


register(Objective(name="priced", formula="accuracy + λ · N / N_avg − 0.02 for a million parameters", fitness=fitness))
