"""NSGA-II (Deb et al. 2002) on accuracy and spikes, with pymoo's sorting and survival. No torch."""

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
    """Survivors by rank and crowding; parents by binary tournament; the paper's mutation and crossover."""

    def __init__(self, space: SearchSpace, config: SearchConfig, seed: int) -> None:
        self.space, self.config, self.seed = space, config, seed
        self._told: list[Candidate] = []
        self._living: list[Survivor] = []

    def ask(self, generation: int, seen: Sequence[Candidate]) -> list[Proposal]:
        rng = generator(self.seed, "nsga2", generation)
        operators = Operators(self.space, {candidate.architecture for candidate in seen}, rng)
        population: list[Proposal] = []
        if seen:
            arena = Arena(self.survivors(seen), rng)
            probability = self.config.mutation_probability
            population += operators.mutations(self.config.mutations, arena.winner, probability)
            if len(arena.survivors) > 1:
                population += operators.crossovers(self.config.crossovers, arena.two_winners)
        return population + operators.random(self.config.population - len(population))

    def survivors(self, seen: Sequence[Candidate]) -> list[Survivor]:
        """The population after each generation met its offspring, as replayed from the first.

        Remembered where what was told before goes on, for a replay at every ask takes longer each time.
        """
        known, living = (len(self._told), self._living) if self._goes_on(seen) else (0, [])
        for number, born in groupby(seen[known:], key=lambda candidate: candidate.generation):
            pool = [survivor.candidate for survivor in living] + list(born)
            rng = np.random.default_rng(derive(self.seed, "nsga2/survival", number))
            living = survive(pool, self.config.population, rng)
        self._told, self._living = list(seen), living
        return living

    def _goes_on(self, seen: Sequence[Candidate]) -> bool:
        """Whether `seen` is what was told before, and then whole generations."""
        known = len(self._told)
        if list(seen[:known]) != self._told:
            return False
        return not self._told or known == len(seen) or seen[known].generation > self._told[-1].generation


class Survivor:
    """A candidate with its front's number (0 is the best) and its crowding distance within it."""

    def __init__(self, candidate: Candidate, rank: int, crowding: float) -> None:
        self.candidate, self.rank, self.crowding = candidate, rank, crowding

    @property
    def merit(self) -> tuple[int, float]:
        """Smaller is better: a better front, or more room around it."""
        return self.rank, -self.crowding


def survive(pool: Sequence[Candidate], count: int, rng: np.random.Generator) -> list[Survivor]:
    """The `count` best of a pool by rank, then by crowding distance."""
    objectives = np.array([(1 - candidate.accuracy, candidate.spikes) for candidate in pool])
    population: Any = Population.new(F=objectives, place=np.arange(len(pool)))
    problem = Problem(n_var=1, n_obj=2)
    kept = RankAndCrowding().do(problem, population, n_survive=min(count, len(pool)), random_state=rng)
    return [Survivor(pool[int(i.get("place"))], int(i.get("rank")), float(i.get("crowding"))) for i in kept]


class Arena:
    """Binary tournaments among survivors."""

    def __init__(self, survivors: list[Survivor], rng: random.Random) -> None:
        self.survivors, self.rng = survivors, rng

    def winner(self) -> Candidate:
        """The better of two drawn at random; of equals the first drawn."""
        rivals = self.rng.sample(self.survivors, min(2, len(self.survivors)))
        return min(rivals, key=lambda survivor: survivor.merit).candidate

    def two_winners(self) -> tuple[Candidate, Candidate]:
        """Two different parents."""
        first = self.winner()
        others = Arena([s for s in self.survivors if s.candidate.id != first.id], self.rng)
        return first, others.winner()
