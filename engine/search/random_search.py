"""Random search and random sampling: the baselines without evolution (Na et al. 2022)."""

from __future__ import annotations

from collections.abc import Sequence

from engine.config.search import SearchConfig
from engine.events import Candidate
from engine.search.interface import Proposal
from engine.search.operators import Operators
from engine.seeds import generator
from engine.space.architecture import SearchSpace


class RandomSearch:
    """Random search: each generation is drawn uniformly from the architectures not evaluated before."""

    def __init__(self, space: SearchSpace, config: SearchConfig, seed: int) -> None:
        self.space, self.config, self.seed = space, config, seed

    def ask(self, generation: int, seen: Sequence[Candidate]) -> list[Proposal]:
        """A random population of new architectures."""
        rng = generator(self.seed, "random", generation)
        operators = Operators(self.space, {candidate.architecture for candidate in seen}, rng)
        return operators.random(self.config.population)


class RandomSampling(RandomSearch):
    """Random sampling: a single random population (10 architectures in Na et al. 2022)."""

    def ask(self, generation: int, seen: Sequence[Candidate]) -> list[Proposal]:
        """A random population in generation 0, nothing later."""
        return super().ask(generation, seen) if generation == 0 else []
