"""NSGA-II (Deb et al. 2002) on accuracy and spikes, with pymoo's non-dominated sorting and survival."""

from __future__ import annotations

import random
from collections.abc import Sequence
from itertools import groupby
from typing import Any

import numpy as np
from pymoo.core.population import Population
from pymoo.core.problem import Problem
from pymoo.operators.survival.rank_and_crowding import RankAndCrowding

from engine.config.search import SearchConfig
from engine.events import Candidate
from engine.search.interface import Proposal
from engine.search.operators import Operators
from engine.seeds import derive, generator
from engine.space.architecture import SearchSpace


class Nsga2:
    """NSGA-II: survival by rank and crowding distance, parents by binary tournament.

    Mutation and crossover are those of the evolutionary search (Na et al. 2022).
    """

    def __init__(self, space: SearchSpace, config: SearchConfig, seed: int) -> None:
        self.space, self.config, self.seed = space, config, seed
        self._seen: list[Candidate] = []
        self._survivors: list[Survivor] = []

    def ask(self, generation: int, seen: Sequence[Candidate]) -> list[Proposal]:
        """Mutations and crossovers of tournament winners, filled up with random architectures."""
        rng = generator(self.seed, "nsga2", generation)
        operators = Operators(
            self.space, {candidate.architecture for candidate in seen}, rng, self.config.crossover_cut
        )
        population: list[Proposal] = []
        if seen:
            tournament = Tournament(self.survivors(seen), rng)
            probability = self.config.mutation_probability
            population += operators.mutations(self.config.mutations, tournament.winner, probability)
            if len(tournament.survivors) > 1:
                population += operators.crossovers(self.config.crossovers, tournament.two_winners)
        return population + operators.random(self.config.population - len(population))

    def survivors(self, seen: Sequence[Candidate]) -> list[Survivor]:
        """The population after the last generation, replayed generation by generation from the first.

        Where `seen` extends the candidates of the call before, the replay continues from there.
        """
        known, survivors = (len(self._seen), self._survivors) if self._extends(seen) else (0, [])
        for number, born in groupby(seen[known:], key=lambda candidate: candidate.generation):
            pool = [survivor.candidate for survivor in survivors] + list(born)
            rng = np.random.default_rng(derive(self.seed, "nsga2/survival", number))
            survivors = survive(pool, self.config.population, rng)
        self._seen, self._survivors = list(seen), survivors
        return survivors

    def _extends(self, seen: Sequence[Candidate]) -> bool:
        """Whether `seen` starts with the candidates of the call before, followed by whole generations."""
        known = len(self._seen)
        if list(seen[:known]) != self._seen:
            return False
        return not self._seen or known == len(seen) or seen[known].generation > self._seen[-1].generation


class Survivor:
    """A candidate with its rank, the number of its front (0 is the best), and its crowding distance in that front."""

    def __init__(self, candidate: Candidate, rank: int, crowding: float) -> None:
        self.candidate, self.rank, self.crowding = candidate, rank, crowding

    @property
    def order(self) -> tuple[int, float]:
        """Sort key, smaller is better: the lower rank, then the larger crowding distance."""
        return self.rank, -self.crowding


def survive(pool: Sequence[Candidate], count: int, rng: np.random.Generator) -> list[Survivor]:
    """The `count` best of a pool by rank, then by crowding distance."""
    objectives = np.array([(1 - candidate.accuracy, candidate.spikes) for candidate in pool])  # [n, 2], both minimised
    population: Any = Population.new(F=objectives, place=np.arange(len(pool)))
    problem = Problem(n_var=1, n_obj=2)
    kept = RankAndCrowding().do(problem, population, n_survive=min(count, len(pool)), random_state=rng)
    return [Survivor(pool[int(i.get("place"))], int(i.get("rank")), float(i.get("crowding"))) for i in kept]


class Tournament:
    """Binary tournaments among survivors."""

    def __init__(self, survivors: list[Survivor], rng: random.Random) -> None:
        self.survivors, self.rng = survivors, rng

    def winner(self) -> Candidate:
        """The better of two survivors drawn at random; of equal ones the first drawn."""
        rivals = self.rng.sample(self.survivors, min(2, len(self.survivors)))
        return min(rivals, key=lambda survivor: survivor.order).candidate

    def two_winners(self) -> tuple[Candidate, Candidate]:
        """Two different parents."""
        first = self.winner()
        others = Tournament([s for s in self.survivors if s.candidate.id != first.id], self.rng)
        return first, others.winner()
