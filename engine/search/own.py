"""A search of one's own: what it is handed, and what is asked of what it proposes."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

from engine.config.algorithms import Ask
from engine.config.search import SearchConfig
from engine.errors import ArchitectureError, PartError
from engine.events import Candidate
from engine.schema.own import failed, key_of, titled
from engine.search.interface import Proposal
from engine.seeds import generator
from engine.space.architecture import Architecture, SearchSpace

MOST = 1000
"""Architectures of one generation, the bound of `search.population`."""


@dataclass(frozen=True)
class Asked:
    """What a search is handed for one generation, counted from 0.

    `seen` are all candidates so far, in order of their ids; a resumed study hands over the same. `rng` depends on seed
    and generation alone: what is drawn from it is drawn again in a repetition.
    """

    generation: int
    seen: Sequence[Candidate]
    space: SearchSpace
    config: SearchConfig
    rng: random.Random

    @property
    def genomes(self) -> frozenset[str]:
        """Of `seen`: none of them may be proposed again."""
        return frozenset(candidate.architecture for candidate in self.seen)


class OwnSearch:
    """Asks a registered function, and checks what it answers."""

    def __init__(self, name: str, ask: Ask, space: SearchSpace, config: SearchConfig, seed: int) -> None:
        self.name, self.function, self.space, self.config, self.seed = name, ask, space, config, seed

    def ask(self, generation: int, seen: Sequence[Candidate]) -> list[Proposal]:
        """The function's proposals.

        Raises PartError where it fails, and for one outside the space, evaluated before, or of unknown parents.
        """
        asked = Asked(
            generation, tuple(seen), self.space, self.config, generator(self.seed, f"search/{self.name}", generation)
        )
        found, known = self._answer(asked), set(asked.genomes)
        if len(found) > MOST:
            raise PartError(f"{self._named}: at most {MOST:,} architectures a generation, got {len(found):,}")
        return [self._checked(one, known, len(seen)) for one in found]

    @property
    def _named(self) -> str:
        return titled(key_of("search", self.name))

    def _answer(self, asked: Asked) -> list[object]:
        try:
            return list(self.function(asked))
        except Exception as error:
            raise failed(key_of("search", self.name), error) from error

    def _checked(self, one: object, known: set[str], seen: int) -> Proposal:
        """`known` are the genomes so far; a new one joins them."""
        proposal = Proposal(one, "proposed") if isinstance(one, Architecture) else one
        if not isinstance(proposal, Proposal):
            raise PartError(f"{self._named}: proposes an Architecture or a Proposal, got {type(one).__name__}")
        code = self._code(proposal.architecture)
        if code in known:
            raise PartError(f"{self._named}: {code} was evaluated before, or is proposed twice")
        if any(not 0 <= parent < seen for parent in proposal.parents):
            raise PartError(f"{self._named}: {code} names parents {proposal.parents}, of {seen} candidates")
        known.add(code)
        return proposal

    def _code(self, architecture: Architecture) -> str:
        try:
            return self.space.require(architecture).code
        except ArchitectureError as error:
            raise PartError(f"{self._named}: {error}") from error
        except KeyError as error:
            raise PartError(f"{self._named}: there is no block {error}") from error
