"""The paper's baselines without evolution: random populations, again and again or once. No torch."""

from __future__ import annotations

from collections.abc import Sequence

from engine.config.search import SearchConfig
from engine.events import Candidate
from engine.search.interface import Proposal
from engine.search.operators import Operators
from engine.seeds import generator
from engine.space.architecture import SearchSpace


class RandomSearch:
    """Each generation is drawn uniformly from what was not judged before."""

    def __init__(self, space: SearchSpace, config: SearchConfig, seed: int) -> None:
        self.space, self.config, self.seed = space, config, seed

    def ask(self, generation: int, seen: Sequence[Candidate]) -> list[Proposal]:
        rng = generator(self.seed, "random", generation)
        operators = Operators(self.space, {candidate.architecture for candidate in seen}, rng)
        return operators.random(self.config.population)


class RandomSampling(RandomSearch):
    """One population, and no more (the paper samples 10)."""

    def ask(self, generation: int, seen: Sequence[Candidate]) -> list[Proposal]:
        return super().ask(generation, seen) if generation == 0 else []
