"""Spike-aware evolutionary search (Na et al. 2022, section 4.3, Algorithm 1), with the reference code's settings."""

from __future__ import annotations

from collections.abc import Sequence

from engine.config.search import SearchConfig
from engine.events import Candidate
from engine.search.interface import Proposal, fittest
from engine.search.operators import Operators
from engine.seeds import generator
from engine.space.architecture import SearchSpace


class Evolution:
    """Evolutionary search. Parents are drawn uniformly from the fittest of all candidates so far."""

    def __init__(self, space: SearchSpace, config: SearchConfig, seed: int) -> None:
        self.space, self.config, self.seed = space, config, seed

    def ask(self, generation: int, seen: Sequence[Candidate]) -> list[Proposal]:
        """Mutations and crossovers of the fittest, filled up with random ones. The first population is random."""
        rng = generator(self.seed, "evolution", generation)
        operators = Operators(
            self.space, {candidate.architecture for candidate in seen}, rng, self.config.crossover_cut
        )
        population: list[Proposal] = []
        if seen:
            parents = fittest(seen, self.config.parents, self.config.ties)
            probability = self.config.mutation_probability
            population += operators.mutations(self.config.mutations, lambda: rng.choice(parents), probability)
            if len(parents) > 1:
                population += operators.crossovers(self.config.crossovers, lambda: _two(rng.sample(parents, 2)))
        return population + operators.random(self.config.population - len(population))


def _two(pair: list[Candidate]) -> tuple[Candidate, Candidate]:
    return pair[0], pair[1]
