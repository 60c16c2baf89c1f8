"""Mutation, crossover and random sampling that never propose an architecture twice."""

from __future__ import annotations

import random
from collections.abc import Callable

from engine.config.search import CrossoverCut
from engine.events import Candidate
from engine.search.interface import Proposal
from engine.space.architecture import MAX_ENUMERATED, Architecture, SearchSpace

TRIES = 3
"""Draws per offspring before an operator gives up, as in the reference code of Na et al. 2022."""

Choose = Callable[[], Candidate]
"""Draws a parent."""


class Operators:
    """Operators of one generation. `taken` holds the genomes already evaluated or proposed; each proposal is added."""

    def __init__(
        self, space: SearchSpace, taken: set[str], rng: random.Random, cut: CrossoverCut = "searched_layers"
    ) -> None:
        self.space, self.taken, self.rng, self.cut = space, taken, rng, cut

    def mutations(self, wanted: int, choose: Choose, probability: float) -> list[Proposal]:
        """Up to `wanted` mutants; each searched layer changes its block with `probability`."""

        def draw() -> Proposal:
            parent = choose()
            genome = Architecture.from_code(parent.architecture)
            child = self.space.mutate(genome, probability, self.rng)
            return Proposal(child, "mutation", (parent.id,), child.changes_from(genome))

        return self._fill(wanted, draw)

    def crossovers(self, wanted: int, choose_two: Callable[[], tuple[Candidate, Candidate]]) -> list[Proposal]:
        """Up to `wanted` children of single-point crossover of two parents."""

        def draw() -> Proposal:
            first, second = choose_two()
            genomes = Architecture.from_code(first.architecture), Architecture.from_code(second.architecture)
            child = self.space.cross_over(*genomes, self._cut())
            return Proposal(child, "crossover", (first.id, second.id), child.changes_from(genomes[0]))

        return self._fill(wanted, draw)

    def _cut(self) -> int:
        """How many searched layers a child has from its first parent."""
        every = self.cut == "all_layers"
        return (self.space.draw_cut_of_all_layers if every else self.space.draw_cut)(self.rng)

    def random(self, wanted: int) -> list[Proposal]:
        """New architectures drawn uniformly; fewer where the space has no more (the reference code hangs there)."""
        found = self._fill(wanted, lambda: Proposal(self.space.sample(self.rng), "random"))
        missing = wanted - len(found)
        if missing and self.space.size <= MAX_ENUMERATED:
            rest = [a for a in self.space.enumerate() if a.code not in self.taken]
            found += [Proposal(a, "random") for a in self.rng.sample(rest, min(missing, len(rest)))]
        return found

    def _fill(self, wanted: int, draw: Callable[[], Proposal]) -> list[Proposal]:
        """Up to `wanted` new proposals, with TRIES draws for each; adds them to `taken`."""
        found: list[Proposal] = []
        for _ in range(wanted * TRIES):
            if len(found) == wanted:
                break
            proposal = draw()
            if proposal.architecture.code not in self.taken:
                self.taken.add(proposal.architecture.code)
                found.append(proposal)
        return found
