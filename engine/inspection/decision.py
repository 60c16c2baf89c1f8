"""Votes over time: the class rates after each time step, what the network would answer then, and when it settles."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def running_rates(votes: NDArray[np.float32]) -> NDArray[np.float32]:
    """Output spikes [T, classes, votes] → mean over votes and the time steps so far, [T, classes]."""
    steps = np.arange(1, len(votes) + 1, dtype=np.float64)[:, None]
    found: NDArray[np.float32] = (votes.mean(axis=2, dtype=np.float64).cumsum(axis=0) / steps).astype(np.float32)
    return found


def decisions(rates: NDArray[np.float32]) -> list[int | None]:
    """The class of the highest rate after each step, the first of equals; None while no output has fired."""
    return [int(step.argmax()) if step.any() else None for step in rates]


def decided_at(found: list[int | None]) -> int | None:
    """The first time step, from 1, whose answer stays the answer to the end; None where there is no answer."""
    if found[-1] is None:
        return None
    at = len(found)
    while at > 1 and found[at - 2] == found[-1]:
        at -= 1
    return at
