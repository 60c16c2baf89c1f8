"""Finished studies beside the paper, as JSON values: `python -m engine directions`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from engine.analysis.evidence import winner_doubt
from engine.analysis.findings import directions, doubts, measured
from engine.analysis.lambda_winners import ranking
from engine.analysis.stored import analysis_at, config_at, search_at, tested_at
from engine.config.study import StudyConfig
from engine.errors import MeasureError
from engine.events import GenerationFinished, StudyFinished


def report(results: Sequence[Path]) -> dict[str, Any]:
    """Directions from analyses, the winners of searches, and what each λ chooses of a whole space. Raises MeasureError.

    An analysis may still be at work: what it has trained so far counts.
    """
    searches = {path: told for path in results if (told := search_at(path)) is not None}
    analyses = [path for path in results if path not in searches]
    listed = directions(measured(analyses), doubts(analyses))
    found = sorted((_search(path, *told) for path, told in searches.items()), key=lambda search: -search["lambda"])
    whole = [path for path in searches if config_at(path).search.algorithm == "exhaustive"]
    return {
        "scale": _scales(analyses or results),
        "search_scale": _scales(list(searches)),
        "trained": sum(len(analysis_at(path).trainings) for path in analyses),
        "planned": sum(_planned(config_at(path)) for path in analyses),
        "directions": [{**vars(direction), "verdict": direction.verdict} for direction in listed],
        "searches": found,
        "rankings": [ranking(path, analyses) for path in whole],
    }


def _scales(results: Sequence[Path]) -> str:
    """The scales of several studies, each once."""
    return "; ".join(dict.fromkeys(_scale(config_at(path)) for path in results))


def _planned(config: StudyConfig) -> int:
    assert config.analysis is not None
    return config.analysis.seeds * sum(arm.trainings for arm in config.analysis.arms)


def _search(path: Path, winner: StudyFinished, generations: Sequence[GenerationFinished]) -> dict[str, Any]:
    seen = {candidate.id: candidate for generation in generations for candidate in generation.candidates}
    if winner.candidate not in seen:
        raise MeasureError(f"{path}: its events hold no candidate {winner.candidate}, which won")
    return {
        "lambda": config_at(path).search.fitness_lambda,
        "architecture": winner.architecture,
        "search_accuracy": seen[winner.candidate].accuracy,
        "search_spikes": seen[winner.candidate].spikes,
        "test_accuracy": winner.test_accuracy,
        "test_spikes": winner.test_spikes,
        "evidence": winner_doubt(config_at(path), winner, tested_at(path)),
    }


def _scale(config: StudyConfig) -> str:
    """The scale of the measurements: data set, training images, time steps, epochs."""
    count = config.data.train_samples
    images = "all" if count is None else f"{count:,}"
    return (
        f"{config.data.info.title}, {images} training images, T = {config.network.time_steps}, "
        f"{config.retrain.epochs} epochs, test split"
    )
