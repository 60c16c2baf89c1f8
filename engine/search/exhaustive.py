"""Exhaustive search: every architecture of a space, so the exact Pareto front under the supernet's weights."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice

from engine.config.search import SearchConfig
from engine.events import Candidate
from engine.search.interface import Proposal
from engine.space.architecture import SearchSpace


class Exhaustive:
    """Every architecture in lexicographic order, so that neighbours share leading blocks, which are computed once."""

    def __init__(self, space: SearchSpace, config: SearchConfig) -> None:
        self.space, self.config = space, config

    def ask(self, generation: int, seen: Sequence[Candidate]) -> list[Proposal]:
        """The next `population` architectures of the order."""
        start = generation * self.config.population
        chunk = islice(self.space.enumerate(), start, start + self.config.population)
        return [Proposal(architecture, "enumerated") for architecture in chunk]
