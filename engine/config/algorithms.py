"""Every search algorithm there is, by name. One of one's own is added by `register`, before a config names it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from engine.errors import RegistryError
from engine.schema.own import note_source, require_name
from engine.schema.registered import in_words

Ask = Callable[[Any], Iterable[Any]]
"""engine.search.own.Asked → the architectures or proposals to evaluate next."""


@dataclass(frozen=True)
class SearchAlgorithm:
    """All that is known of a search algorithm.

    `title` names it in prose, as what a network was found by, and `phrase` where a sentence tells what was done; an own
    one has one `title` for both. `breeds`: its offspring, `search.mutations` + `search.crossovers`, must fit into a
    population, and its parents too. `ask` makes it an algorithm of one's own.
    """

    name: str
    title: str
    phrase: str = ""
    breeds: bool = False
    ask: Ask | None = None


ALGORITHMS: dict[str, SearchAlgorithm] = {
    one.name: one
    for one in (
        SearchAlgorithm("evolution", "AutoSNN's spike-aware search", "spike-aware evolution", breeds=True),
        SearchAlgorithm("random_search", "random search", "random search, a random population each generation,"),
        SearchAlgorithm("random_sampling", "random sampling", "one random sample of the space"),
        SearchAlgorithm("exhaustive", "exhaustive search", "an exhaustive search"),
        SearchAlgorithm("nsga2", "NSGA-II on accuracy and spikes", breeds=True),
    )
}
"""In the order of a form."""
BUILT_IN = tuple(ALGORITHMS)


def register(algorithm: SearchAlgorithm) -> None:
    """Add a search of one's own. Raises RegistryError where its name is taken or cannot be one, or it has no `ask`."""
    require_name("search", algorithm.name, ALGORITHMS)
    if algorithm.ask is None:
        raise RegistryError(f"search {algorithm.name!r} must have ask, the function that proposes architectures")
    note_source("search", algorithm.name, algorithm)
    ALGORITHMS[algorithm.name] = algorithm


def algorithms_in_words() -> str:
    """Every algorithm, for a message: `'evolution', 'random_search', … or 'nsga2'`."""
    return in_words(ALGORITHMS)
