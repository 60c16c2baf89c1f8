"""Architectures of a search, trained from scratch: as an analysis with the data, network and recipe of its winner."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from engine.analysis.report import trust_of
from engine.analysis.seeds import MAX_SEEDS
from engine.config.parse import parse_stored
from engine.config.study import StudyConfig
from engine.config.words import counted
from engine.errors import ArchitectureError, ConfigError
from engine.events import TrainingFinished, Trust
from engine.space.architecture import Architecture

MAX_ARCHITECTURES = 50
"""Most architectures of one such analysis."""
LONGEST = 60
"""Longest genome that stands in a study's name."""


def retraining(source: StudyConfig, codes: Sequence[str], seeds: int) -> StudyConfig:
    """An analysis that trains these architectures, an arm each, with seeds seed, seed + 1, … of the source.

    Raises ConfigError.
    """
    if source.analysis is not None:
        raise ConfigError(["analysis: this study trains its architectures from scratch itself"])
    if not 1 <= seeds <= MAX_SEEDS:
        raise ConfigError([f"seeds: must be 1 to {MAX_SEEDS}, got {seeds}"])
    codes = list(dict.fromkeys(codes))
    if not 1 <= len(codes) <= MAX_ARCHITECTURES:
        raise ConfigError([f"architectures: give 1 to {MAX_ARCHITECTURES} genomes, got {len(codes)}"])
    _require_in_space(source, codes)
    document = source.model_dump(mode="json")
    document["analysis"] = {"arms": [{"label": code, "architectures": [code]} for code in codes], "seeds": seeds}
    document["retrain"] |= {"winner": True, "seeds": 1, "trust": 0, "baselines": []}
    document["name"] = _name(source.name, codes)
    return parse_stored(document)


def _name(source: str, codes: Sequence[str]) -> str:
    """The source's, and what is trained, where that is short."""
    what = codes[0] if len(codes) == 1 and len(codes[0]) <= LONGEST else counted(len(codes), "architecture")
    tail = f": {what} from scratch"
    return source[: 120 - len(tail)] + tail


def _require_in_space(source: StudyConfig, codes: Sequence[str]) -> None:
    for code in codes:
        try:
            source.space.require(Architecture.from_code(code))
        except ArchitectureError as error:
            raise ConfigError([f"architectures: {error}"]) from error


def joined_trust(
    seed: int, own: Iterable[TrainingFinished], retrained: Iterable[TrainingFinished], estimates: Mapping[str, float]
) -> tuple[Trust | None, str]:
    """Rank correlation over a search's own sample and what was retrained later, or the reason why there is none.

    `estimates` are the supernet's accuracies 0…1 by genome; an architecture without one is left out. Of several
    trainings of one architecture the mean accuracy counts, so that each architecture is one pair.
    """
    found: dict[str, list[float]] = {}
    for one in [*(one for one in own if one.search_accuracy is not None), *retrained]:
        if one.architecture in estimates:
            found.setdefault(one.architecture, []).append(one.test_accuracy)
    return trust_of(seed, [(estimates[code], statistics.fmean(values)) for code, values in found.items()])


def summary(estimates: Mapping[str, float], done: Iterable[TrainingFinished]) -> list[dict[str, Any]]:
    """A row for each architecture: the supernet's estimate, None where there is none, and the results on test."""
    found: dict[str, list[TrainingFinished]] = {}
    for one in done:
        found.setdefault(one.architecture, []).append(one)
    return [_row(code, estimates.get(code), trained) for code, trained in found.items()]


def _row(code: str, estimate: float | None, trained: Sequence[TrainingFinished]) -> dict[str, Any]:
    accuracies = [one.test_accuracy for one in trained]
    return {
        "architecture": code,
        "search_accuracy": estimate,
        "seeds": [one.seed for one in trained],
        "test_accuracy": statistics.fmean(accuracies),
        "deviation": statistics.stdev(accuracies) if len(accuracies) > 1 else None,
        "test_spikes": statistics.fmean(one.test_spikes for one in trained),
    }
