"""A search of one's own: hill climbing from the fittest architecture so far, with some random ones beside it."""

from __future__ import annotations

from engine.config.algorithms import SearchAlgorithm
from engine.parts.register import register
from engine.search.interface import Proposal, fittest
from engine.search.own import Asked
from engine.space.architecture import Architecture

TRIES = 100


def ask(asked: Asked) -> list[Proposal]:
    """Up to a population of architectures that were not evaluated yet; none ends the search.

    It keeps nothing between two calls. All it may know is in `asked`, and all it draws comes from `asked.rng`: so a
    study that is resumed, or repeated with its seed, proposes the same.
    """
    known = set(asked.genomes)
    best = fittest(asked.seen, 1, asked.config.ties)
    proposals: list[Proposal] = []
    for number in range(TRIES * asked.config.population):
        if best and number % 2 == 0:
            parent = Architecture.from_code(best[0].architecture)
            found = asked.space.mutate(parent, 0.3, asked.rng)
            proposal = Proposal(found, "mutation", (best[0].id,), found.changes_from(parent))
        else:
            proposal = Proposal(asked.space.sample(asked.rng), "random")
        if proposal.architecture.code not in known and len(proposals) < asked.config.population:
            known.add(proposal.architecture.code)
            proposals.append(proposal)
    return proposals


register(SearchAlgorithm(name="hill_climbing", title="hill climbing", ask=ask))
