"""The fitness by which a search ranks architectures: accuracy against spikes, or an objective of one's own."""

from __future__ import annotations

import math

from engine.config.objectives import OBJECTIVES, Measured
from engine.config.search import SearchConfig
from engine.errors import PartError
from engine.schema.own import failed, key_of, titled


def fitness(accuracy: float, spikes: float, average_spikes: float, exponent: float) -> float:
    """Fitness accuracy · (N / N_avg)^λ (Na et al. 2022, equation 4).

    `accuracy` is 0…1; `spikes` is N and `average_spikes` N_avg, both per sample; `exponent` is λ.
    A silent network (N = 0) has fitness 0: it answers every sample with the same class.
    """
    if spikes <= 0 or average_spikes <= 0:
        return 0.0
    return accuracy * math.pow(spikes / average_spikes, exponent)


def fitness_of(search: SearchConfig, measured: Measured) -> float:
    """The fitness by a study's objective. Raises PartError where one's own fails, or gives no finite number."""
    own = OBJECTIVES[search.objective].fitness
    if own is None:
        return fitness(measured.accuracy, measured.spikes, measured.average_spikes, measured.fitness_lambda)
    key = key_of("objective", search.objective)
    try:
        value = float(own(measured))
    except Exception as error:
        raise failed(key, error) from error
    if not math.isfinite(value):
        raise PartError(f"{titled(key)} must give a finite number, gave {value} for {measured}")
    return value
