"""Kept candidates under another λ: their fitness anew, and what a generation says of its ranking.

Accuracy and spikes of a candidate do not depend on λ, nor does N_avg, nor the Pareto front. Its fitness does (Na et al.
2022, equation 4), and with it the best candidate, the parents and the winner.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from engine.config.objectives import Measured
from engine.config.search import SearchConfig
from engine.config.study import StudyConfig
from engine.events import Candidate, FoundUnder
from engine.metrics.fitness import fitness_of
from engine.search.interface import fittest


@dataclass(frozen=True)
class _Ranked:
    """What of a candidate decides its rank."""

    id: int
    fitness: float


def rescored(seen: Sequence[Candidate], average_spikes: float, search: SearchConfig) -> list[Candidate]:
    """The candidates with their fitness under λ and objective of `search`; `average_spikes` is N_avg per sample."""
    return [Candidate.model_validate(_rescored(one.model_dump(), average_spikes, search)) for one in seen]


def rescored_generations(events: Iterable[dict[str, Any]], config: StudyConfig) -> list[dict[str, Any]]:
    """Events in wire form, each generation with its fitness, best and parents as `config.search` has them."""
    search, average, seen = config.search, 0.0, list[_Ranked]()
    found = []
    for event in events:
        if event["kind"] == "supernet_finished":
            average = event["average_spikes"]
        if event["kind"] == "generation_finished":
            candidates = [_rescored(one, average, search) for one in event["candidates"]]
            seen += [_Ranked(one["id"], one["fitness"]) for one in candidates]
            parents = [one.id for one in fittest(seen, search.parents, search.ties)]
            event = event | {"candidates": candidates, "best": parents[0], "parents": parents}
        found.append(event)
    return found


def scored_anew(
    before: Sequence[FoundUnder], source: StudyConfig, generations: int, config: StudyConfig
) -> tuple[FoundUnder, ...]:
    """Under which λ the first generations of a source were found; nothing where it is the fork's, `config`'s, for all.

    `before` is what the source says of its own. Neighbours of one λ are one entry.
    """
    if generations == 0:
        return ()
    kept = [one for one in before if one.generations < generations]
    last = next((one for one in before if one.generations >= generations), None)
    exponent = source.search.fitness_lambda if last is None else last.fitness_lambda
    if kept and kept[-1].fitness_lambda == exponent:
        kept.pop()
    found = (*kept, FoundUnder(generations=generations, fitness_lambda=exponent))
    return found if any(one.fitness_lambda != config.search.fitness_lambda for one in found) else ()


def _rescored(candidate: dict[str, Any], average_spikes: float, search: SearchConfig) -> dict[str, Any]:
    measured = Measured(
        candidate["accuracy"],
        candidate["spikes"],
        average_spikes,
        search.fitness_lambda,
        candidate["parameters"],
        candidate["firing_rate"],
    )
    return candidate | {"fitness": fitness_of(search, measured)}
