"""What takes the evidence from a measured result: silence, and an accuracy at chance level."""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence

from engine.analysis.sanity import Result, chance_level, is_chance
from engine.analysis.stored import Trained
from engine.config.catalog import CATALOG
from engine.config.data import DataConfig
from engine.config.study import StudyConfig
from engine.events import StudyFinished

SILENT = "silent"


def doubt(result: Result) -> str:
    """`silent`, `at chance level: …`, or "" where nothing is the matter."""
    if result.spikes == 0:
        return SILENT
    if not is_chance(result):
        return ""
    limit = chance_level(result.classes, result.samples or 1)
    return f"at chance level: {result.accuracy:.2%} on {result.samples:,} samples, limit {limit:.2%}"


def arm_doubts(config: StudyConfig, arms: Mapping[str, Sequence[Trained]], tested: int | None) -> dict[str, str]:
    """The doubt of each arm of an analysis, of its means; `tested` counts the study's test samples, where known."""
    own = {arm.label: arm.data for arm in (config.analysis.arms if config.analysis else ())}
    found = {}
    for arm, done in arms.items():
        data = own.get(arm) or config.data
        samples = tested if tested is not None and data == config.data else tested_of(data)
        accuracy, spikes = (statistics.fmean(values) for values in _results(done))
        found[arm] = doubt(Result(arm, accuracy, spikes, data.input.classes, samples))
    return found


def _results(done: Sequence[Trained]) -> tuple[list[float], list[float]]:
    return [one.test_accuracy for one in done], [one.test_spikes for one in done]


def winner_doubt(config: StudyConfig, winner: StudyFinished, tested: int | None) -> str:
    """The doubt of a search's retrained winner."""
    classes = config.input.classes
    return doubt(Result(winner.architecture, winner.test_accuracy, winner.test_spikes, classes, tested))


def tested_of(data: DataConfig) -> int | None:
    """Test samples as the config and the catalogue have them; None of a user's own files."""
    listed = CATALOG[data.dataset].test or None
    return data.test_samples if listed is None else min(listed, data.test_samples or listed)
