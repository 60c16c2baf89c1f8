"""What each λ chooses among the architectures that a search has evaluated, and what the winners come to, retrained.

Fitness is accuracy · (N / N_avg)^λ. Of the whole space, the winner's N cannot rise as λ falls. For let a win at λ and b
at a smaller λ'. Then ln A(a) + λ·ln N(a) ≥ ln A(b) + λ·ln N(b), and ln A(b) + λ'·ln N(b) ≥ ln A(a) + λ'·ln N(a). Their
sum is (λ − λ')·(ln N(a) − ln N(b)) ≥ 0, so N(b) ≤ N(a). A search that leaves out architectures can miss it.
"""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from engine.analysis.seeds import MAX_SEEDS
from engine.analysis.stored import Trained, analysis_at, average_spikes_at, config_at, search_at
from engine.config.analysis import AnalysisConfig, Arm
from engine.config.objectives import Measured
from engine.config.search import SearchConfig
from engine.config.study import StudyConfig
from engine.errors import ConfigError, MeasureError
from engine.events import Candidate
from engine.metrics.fitness import fitness_of
from engine.metrics.ratio import paired_ratio

LAMBDAS = (0.0, -0.08, -0.16, -0.24)
"""The λ that Na et al. 2022 studied."""
TIED = 1e-12
"""Fitness values closer than this, relative to the highest, are one value: the fewer spikes decide."""


@dataclass(frozen=True)
class Winner:
    """The fittest candidate under one λ."""

    strength: float
    candidate: Candidate


def winners(
    seen: Sequence[Candidate],
    average_spikes: float,
    lambdas: Sequence[float] = LAMBDAS,
    search: SearchConfig | None = None,
) -> list[Winner]:
    """The fittest of `seen` under each λ, `average_spikes` being N_avg per sample. Raises MeasureError of no candidate.

    By the objective of `search`, left out by the paper's. Of equally fit ones the one with the fewest spikes wins, so
    that rounding cannot reverse the order of two winners.
    """
    if not seen:
        raise MeasureError("winners: the study has evaluated no architecture yet")
    by = search or SearchConfig()
    return [Winner(strength, _fittest(seen, average_spikes, strength, by)) for strength in lambdas]


def _fittest(seen: Sequence[Candidate], average_spikes: float, strength: float, by: SearchConfig) -> Candidate:
    def value(one: Candidate) -> float:
        return fitness_of(
            by, Measured(one.accuracy, one.spikes, average_spikes, strength, one.parameters, one.firing_rate)
        )

    ranked = [(value(one), one) for one in seen]
    best = max(value for value, _ in ranked)
    return min((one for value, one in ranked if value >= best - TIED * abs(best)), key=lambda one: (one.spikes, one.id))


def winners_at(folder: Path) -> list[Winner]:
    """Under each λ, of the architectures a finished search has evaluated. Raises MeasureError naming the folder."""
    told = search_at(folder)
    if told is None:
        raise MeasureError(f"{folder}: is not the folder of a finished search")
    seen = {candidate.id: candidate for generation in told[1] for candidate in generation.candidates}
    return winners(list(seen.values()), average_spikes_at(folder), search=config_at(folder).search)


def retraining(folder: Path, seeds: int) -> StudyConfig:
    """An analysis that trains each winner of a search's folder from scratch with so many seeds.

    Raises ConfigError for a number of seeds out of bounds, and MeasureError naming the folder.
    """
    if not 1 <= seeds <= MAX_SEEDS:
        raise ConfigError([f"--seeds: must be 1 to {MAX_SEEDS}, got {seeds}"])
    config, labels = config_at(folder), dict[str, list[float]]()
    for winner in winners_at(folder):
        labels.setdefault(winner.candidate.architecture, []).append(winner.strength)
    arms = tuple(Arm(label=f"λ = {_listed(found)}", architectures=(code,)) for code, found in labels.items())
    analysis = AnalysisConfig(arms=arms, seeds=seeds, order="seeds")
    changed = config.model_copy(update={"name": f"{config.name[:90]}: winners by λ", "analysis": analysis})
    return StudyConfig.model_validate(changed.model_dump())


def _listed(strengths: Sequence[float]) -> str:
    return ", ".join(f"{strength:g}".replace("-", "−") for strength in strengths)


def ranking(folder: Path, retrained: Sequence[Path]) -> dict[str, Any]:
    """The winners of one search under each λ as JSON values, with results from scratch where `retrained` has them.

    `fewer_spikes` is the ratio of N of the first λ's winner to the last one's, retrained, over the seeds they share.
    """
    config, found = config_at(folder), winners_at(folder)
    trained = [_of(winner, config, retrained) for winner in found]
    ratio = paired_ratio(*({one.seed: one.test_spikes for one in trained[end]} for end in (0, -1)))
    return {
        "seed": config.seed,
        "space": config.space.size,
        "winners": [_row(winner, done) for winner, done in zip(found, trained, strict=True)],
        "fewer_spikes": None if ratio is None else {**vars(ratio), "clear": ratio.clear},
    }


def _of(winner: Winner, config: StudyConfig, retrained: Sequence[Path]) -> list[Trained]:
    """A winner's trainings from scratch by the study's recipe, one a seed."""
    done = [one for path in retrained if _same_network(config, path) for one in analysis_at(path).trainings]
    return list({one.seed: one for one in done if one.architecture == winner.candidate.architecture}.values())


def _same_network(config: StudyConfig, path: Path) -> bool:
    """Whether an analysis trained architectures of this study's space, data and recipe, with whatever seed."""
    other = config_at(path)
    return (config.network, config.data, config.retrain) == (other.network, other.data, other.retrain)


def _row(winner: Winner, done: Sequence[Trained]) -> dict[str, Any]:
    candidate = winner.candidate
    return {
        "lambda": winner.strength,
        "architecture": candidate.architecture,
        "search_accuracy": candidate.accuracy,
        "search_spikes": candidate.spikes,
        "n": len(done),
        "test_accuracy": _mean([one.test_accuracy for one in done]),
        "test_spikes": _mean([one.test_spikes for one in done]),
        "accuracy_deviation": _deviation([one.test_accuracy for one in done]),
        "spikes_deviation": _deviation([one.test_spikes for one in done]),
    }


def _mean(values: Sequence[float]) -> float | None:
    return statistics.fmean(values) if values else None


def _deviation(values: Sequence[float]) -> float | None:
    return statistics.stdev(values) if len(values) > 1 else None
