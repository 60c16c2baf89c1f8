"""The interface of a search: it proposes architectures, given all candidates evaluated so far."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

from engine.config.search import Ties
from engine.events import Candidate, Origin
from engine.space.architecture import Architecture


@dataclass(frozen=True)
class Proposal:
    """An architecture to evaluate and its origin. `parents` are candidate ids; `changed` indices of searched layers."""

    architecture: Architecture
    origin: Origin
    parents: tuple[int, ...] = ()
    changed: tuple[int, ...] = ()


class Search(Protocol):
    """A search algorithm. Its only state are the candidates it is given, so a study resumes it from stored ones."""

    def ask(self, generation: int, seen: Sequence[Candidate]) -> list[Proposal]:
        """The architectures to evaluate next, none of them evaluated before; empty when the space is exhausted.

        `generation` counts from 0. `seen` are all candidates so far, in order of their ids.
        """
        ...


class Ranked(Protocol):
    """What of a candidate decides its rank."""

    @property
    def id(self) -> int: ...
    @property
    def fitness(self) -> float: ...


AnyRanked = TypeVar("AnyRanked", bound=Ranked)


def fittest(seen: Sequence[AnyRanked], count: int, ties: Ties) -> list[AnyRanked]:
    """The `count` candidates of highest fitness; of equal ones the newest (highest id) or the oldest first."""
    order = -1 if ties == "newest" else 1
    return sorted(seen, key=lambda c: (-c.fitness, order * c.id))[:count]
