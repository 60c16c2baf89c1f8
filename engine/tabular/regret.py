"""Regret: how far what a search would choose is from the best of the table, evaluation by evaluation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from engine.config.search import SearchConfig, Ties
from engine.errors import MeasureError
from engine.events import Candidate
from engine.search.interface import fittest
from engine.tabular.columns import Source
from engine.tabular.guide import guide
from engine.tabular.search import run, searching
from engine.tabular.table import Table, Values

MAX_REPETITIONS = 10_000


@dataclass(frozen=True)
class Repetition:
    """One run of a search: its candidates in order, and the regret [n] after each of its n evaluations."""

    seed: int
    guide_seed: int
    candidates: tuple[Candidate, ...]
    regret: Values
    ties: Ties = "newest"

    @property
    def winner(self) -> str:
        """The fittest candidate by what the search saw."""
        return fittest(self.candidates, 1, self.ties)[0].architecture


def regret(exact: Mapping[str, float], candidates: Sequence[Candidate], ties: Ties = "newest") -> Values:
    """Regret [n] after each of n evaluations: the best exact fitness of all minus that of the fittest candidate so far.

    `exact` maps every genome to its fitness in the table; the fittest is so by what the search saw, as in a study.
    `ties` says which of equally fit ones. Since a search is misled by what it sees, regret can rise.
    """
    best, curve = max(exact.values()), np.zeros(len(candidates))
    leader = candidates[0]
    for i, candidate in enumerate(candidates):
        leader = fittest([leader, candidate], 1, ties)[0]
        curve[i] = best - exact[leader.architecture]
    return curve


def repetitions(table: Table, search: SearchConfig, source: Source, count: int, seed: int = 0) -> list[Repetition]:
    """`count` runs of a search with seeds `seed`, `seed` + 1, …; the guide takes the table's seeds in turn.

    Regret is in fitness with the search's λ: of mean test accuracy and mean N over all seeds (Table.fitness).
    """
    if not 1 <= count <= MAX_REPETITIONS:
        raise MeasureError(f"repetitions: must be 1 to {MAX_REPETITIONS:,}, got {count:,}")
    exact = dict(zip(table.genomes, table.fitness(search.fitness_lambda).tolist(), strict=True))
    config, guides = searching(table, search, seed), {number: guide(table, source, number) for number in table.seeds}
    found = []
    for k in range(seed, seed + count):
        number = table.seeds[k % len(table.seeds)]
        candidates = run(table, guides[number], config.model_copy(update={"seed": k}))
        found.append(Repetition(k, number, tuple(candidates), regret(exact, candidates, search.ties), search.ties))
    return found


def spread(runs: Sequence[Repetition]) -> dict[str, list[float]]:
    """Median, quartiles, mean and standard deviation of regret over the runs, each [n] after 1…n evaluations.

    A run that ends earlier keeps its last regret.
    """
    longest = max(len(each.regret) for each in runs)
    curves = np.array([np.pad(each.regret, (0, longest - len(each.regret)), mode="edge") for each in runs])  # [R, n]
    lower, median, upper = np.quantile(curves, [0.25, 0.5, 0.75], axis=0)
    deviation = curves.std(axis=0, ddof=1) if len(runs) > 1 else np.zeros(longest)
    return {
        "median": median.tolist(),
        "lower_quartile": lower.tolist(),
        "upper_quartile": upper.tolist(),
        "mean": curves.mean(axis=0).tolist(),
        "deviation": deviation.tolist(),
    }
