"""The fitness by which a search ranks architectures: accuracy against spikes."""

from __future__ import annotations

import math


def fitness(accuracy: float, spikes: float, average_spikes: float, exponent: float) -> float:
    """Fitness accuracy · (N / N_avg)^λ (Na et al. 2022, equation 4).

    `accuracy` is 0…1; `spikes` is N and `average_spikes` N_avg, both per sample; `exponent` is λ.
    A silent network (N = 0) has fitness 0: it answers every sample with the same class.
    """
    if spikes <= 0 or average_spikes <= 0:
        return 0.0
    return accuracy * math.pow(spikes / average_spikes, exponent)
