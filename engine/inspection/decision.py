"""The network's answer over time: firing rates of the classes after each time step, and the decision they give."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def running_rates(votes: NDArray[np.float32]) -> NDArray[np.float32]:
    """Output spikes [T, classes, votes] → firing rates [T, classes], the mean over votes and the time steps so far."""
    steps = np.arange(1, len(votes) + 1, dtype=np.float64)[:, None]
    found: NDArray[np.float32] = (votes.mean(axis=2, dtype=np.float64).cumsum(axis=0) / steps).astype(np.float32)
    return found


def decisions(rates: NDArray[np.float32]) -> list[int | None]:
    """Decision after each time step from rates [T, classes]: the first class of the highest rate.

    So `engine.model.decision.predicted` answers too, but for None while no output neuron has fired: an evaluation
    counts such a sample as class 0.
    """
    return [int(step.argmax()) if step.any() else None for step in rates]


def decided_at(found: list[int | None]) -> int | None:
    """The time step, from 1, from which on the decision stays the same; None where there is no decision at the end."""
    if found[-1] is None:
        return None
    at = len(found)
    while at > 1 and found[at - 2] == found[-1]:
        at -= 1
    return at
