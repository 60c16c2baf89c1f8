"""What every search is: ask for proposals, have them judged, ask again with all that was judged so far. No torch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from engine.events import Candidate, Origin
from engine.space.architecture import Architecture


@dataclass(frozen=True)
class Proposal:
    """An architecture to evaluate, and where it came from. `parents` are candidate ids."""

    architecture: Architecture
    origin: Origin
    parents: tuple[int, ...] = ()
    changed: tuple[int, ...] = ()


class Search(Protocol):
    """A search has no state besides what it is told, so a study resumes it from the stored candidates."""

    def ask(self, generation: int, seen: Sequence[Candidate]) -> list[Proposal]:
        """The architectures to judge next, none of them judged before; empty when there is nothing left to judge.

        `generation` counts from 0; `seen` are all candidates so far, in order of their ids.
        """
        ...


def fittest(seen: Sequence[Candidate], count: int) -> list[Candidate]:
    """The best of all seen by fitness; ties go to the earlier candidate."""
    return sorted(seen, key=lambda c: (-c.fitness, c.id))[:count]
