"""Every objective there is: what a search's fitness is made of. One's own is added by `register`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from engine.errors import RegistryError
from engine.schema.own import note_source, require_name
from engine.schema.registered import in_words


@dataclass(frozen=True)
class Measured:
    """What was measured of one architecture, from which its fitness follows.

    `accuracy` and `firing_rate` are 0…1, `spikes` (N) and `average_spikes` (N_avg) per sample; `fitness_lambda` is λ.
    """

    accuracy: float
    spikes: float
    average_spikes: float
    fitness_lambda: float
    parameters: int
    firing_rate: float


@dataclass(frozen=True)
class Objective:
    """`formula` says it in a sentence; `fitness` computes it, the higher the fitter; None for the paper's."""

    name: str
    formula: str
    fitness: Callable[[Measured], float] | None = None


AUTOSNN = "autosnn"
"""The paper's (Na et al. 2022, equation 4), computed by `metrics.fitness`."""
OBJECTIVES: dict[str, Objective] = {AUTOSNN: Objective(AUTOSNN, "accuracy · (N / N_avg)^λ")}
"""In the order of a form."""


def register(objective: Objective) -> None:
    """Add an objective of one's own. Raises RegistryError where its name is taken or cannot be one, or it has no
    `fitness`.
    """
    require_name("objective", objective.name, OBJECTIVES)
    if objective.fitness is None:
        raise RegistryError(f"objective {objective.name!r} must have fitness, the function that computes it")
    note_source("objective", objective.name, objective)
    OBJECTIVES[objective.name] = objective


def objectives_in_words() -> str:
    """Every objective, for a message."""
    return in_words(OBJECTIVES)
