"""The search in words: the algorithm, its sizes, and what decides which architecture wins."""

from __future__ import annotations

from engine.config.algorithms import ALGORITHMS
from engine.config.objectives import OBJECTIVES
from engine.config.search import SearchConfig
from engine.config.study import StudyConfig
from engine.config.words import counted


def found_by(algorithm: str) -> str:
    """What a network was found by."""
    return ALGORITHMS[algorithm].title


def done(config: SearchConfig) -> str:
    """The algorithm, where a sentence tells what it did."""
    found = ALGORITHMS[config.algorithm]
    return found.phrase or found.title


def bred(config: SearchConfig) -> str:
    """How a generation is bred; empty where it is not."""
    cut = "" if config.crossover_cut == "searched_layers" else " cut between any two layers, pools among them"
    offspring = (
        f"{config.mutations} by mutation with probability {config.mutation_probability:g}, {config.crossovers} by "
        f"crossover{cut}"
    )
    match config.algorithm:
        case "evolution":
            return f" ({config.parents} parents, {offspring})"
        case "nsga2":
            return f" (parents by binary tournament, {offspring})"
        case _:
            return ""


def planned(config: StudyConfig) -> str:
    """How many generations there are at most."""
    return f"at most {counted(config.generations, 'generation')}"


def rule(config: SearchConfig) -> str:
    """What the fitness does: it steers the evolution; of the others it chooses the winner."""
    fitness = f"{OBJECTIVES[config.objective].formula} with λ = {config.fitness_lambda:g}"
    if config.algorithm == "evolution":
        return f" by the fitness {fitness}"
    return f"; the winner has the highest fitness {fitness}"


def own_seed(config: SearchConfig) -> str:
    """The search's own seed; empty where it is the study's."""
    return "" if config.seed is None else f" The search drew with a seed of its own, {config.seed}."


def evaluation(config: SearchConfig) -> str:
    """How one architecture is evaluated, and which of equally fit ones ranks first."""
    statistics = "the supernet's running batch-norm statistics"
    if config.recalibration_batches:
        batches = counted(config.recalibration_batches, "batch", "batches")
        statistics = f"batch-norm statistics taken anew for each architecture from {batches} of training samples"
    return (
        f"Architectures were evaluated in batches of {config.batch_size} samples with {statistics}; of equal fitness "
        f"the {config.ties} ranks first.{own_seed(config)}"
    )
