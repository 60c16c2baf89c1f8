"""AutoSNN's spike-aware evolutionary search (paper §4.3, Algorithm 1; figures of the reference code). No torch."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from engine.config import SearchConfig
from engine.events import Candidate, Origin
from engine.seeds import generator
from engine.space import MAX_ENUMERATED, Architecture, SearchSpace

TRIES = 3
"""Draws an operator may make for each offspring it owes, as the reference has it."""


@dataclass(frozen=True)
class Proposal:
    """An architecture to evaluate, and where it came from. `parents` are candidate ids."""

    architecture: Architecture
    origin: Origin
    parents: tuple[int, ...] = ()
    changed: tuple[int, ...] = ()


Draw = Callable[[], Proposal]


def fittest(seen: Sequence[Candidate], count: int) -> list[Candidate]:
    """The best of all seen by fitness; ties go to the earlier candidate."""
    return sorted(seen, key=lambda c: (-c.fitness, c.id))[:count]


class Evolution:
    """Evolution over a search space. Its only state is what has been told, so it resumes from the candidates."""

    def __init__(self, space: SearchSpace, config: SearchConfig, seed: int) -> None:
        self.space, self.config, self.seed = space, config, seed

    def ask(self, generation: int, seen: Sequence[Candidate]) -> list[Proposal]:
        """The next population: mutations and crossovers of the best seen, then random; none evaluated before.

        The first generation is random. Empty only when the whole space has been seen.
        """
        rng = generator(self.seed, "evolution", generation)
        taken = {candidate.architecture for candidate in seen}
        population: list[Proposal] = []
        if seen:
            parents = fittest(seen, self.config.parents)
            population += self._mutations(parents, taken, rng)
            population += self._crossovers(parents, taken, rng)
        return population + self._random(self.config.population - len(population), taken, rng)

    def _mutations(self, parents: list[Candidate], taken: set[str], rng: random.Random) -> list[Proposal]:
        def draw() -> Proposal:
            parent = rng.choice(parents)
            genome = Architecture.from_code(parent.architecture)
            child = self.space.mutate(genome, self.config.mutation_probability, rng)
            return Proposal(child, "mutation", (parent.id,), child.changes_from(genome))

        return self._fill(self.config.mutations, draw, taken)

    def _crossovers(self, parents: list[Candidate], taken: set[str], rng: random.Random) -> list[Proposal]:
        if len(parents) < 2:
            return []

        def draw() -> Proposal:
            first, second = rng.sample(parents, 2)
            genomes = Architecture.from_code(first.architecture), Architecture.from_code(second.architecture)
            child = self.space.cross_over(*genomes, rng)
            return Proposal(child, "crossover", (first.id, second.id), child.changes_from(genomes[0]))

        return self._fill(self.config.crossovers, draw, taken)

    def _fill(self, wanted: int, draw: Draw, taken: set[str]) -> list[Proposal]:
        """Up to `wanted` unseen proposals within TRIES draws each; marks them as taken."""
        found: list[Proposal] = []
        for _ in range(wanted * TRIES):
            if len(found) == wanted:
                break
            proposal = draw()
            if proposal.architecture.code not in taken:
                taken.add(proposal.architecture.code)
                found.append(proposal)
        return found

    def _random(self, wanted: int, taken: set[str], rng: random.Random) -> list[Proposal]:
        """Unseen architectures drawn uniformly; fewer only when the space has no more (the reference hangs there)."""
        found = self._fill(wanted, lambda: Proposal(self.space.sample(rng), "random"), taken)
        missing = wanted - len(found)
        if missing and self.space.size <= MAX_ENUMERATED:
            rest = [a for a in self.space.enumerate() if a.code not in taken]
            found += [Proposal(a, "random") for a in rng.sample(rest, min(missing, len(rest)))]
        return found
