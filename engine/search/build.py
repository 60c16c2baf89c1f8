"""The search algorithm of a study."""

from __future__ import annotations

from engine.config.algorithms import ALGORITHMS
from engine.config.study import StudyConfig
from engine.search.evolution import Evolution
from engine.search.exhaustive import Exhaustive
from engine.search.interface import Search
from engine.search.own import OwnSearch
from engine.search.random_search import RandomSampling, RandomSearch


def build_search(config: StudyConfig) -> Search:
    """The search algorithm that a study's config names."""
    space, search, seed = config.space, config.search, config.search_seed
    if (ask := ALGORITHMS[search.algorithm].ask) is not None:
        return OwnSearch(search.algorithm, ask, space, search, seed)
    if search.algorithm == "exhaustive":
        return Exhaustive(space, search)
    if search.algorithm == "nsga2":
        from engine.search.nsga2 import Nsga2  # pymoo takes a second to load

        return Nsga2(space, search, seed)
    if search.algorithm == "evolution":
        return Evolution(space, search, seed)
    return (RandomSampling if search.algorithm == "random_sampling" else RandomSearch)(space, search, seed)
