"""What takes the evidence from a measured result: silence, and an accuracy at chance level."""

from __future__ import annotations

from collections.abc import Sequence

from engine.analysis.sanity import Result, chance_level, is_chance
from engine.analysis.stored import ArmMeans
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


def arm_doubts(config: StudyConfig, arms: Sequence[ArmMeans], tested: int | None) -> dict[str, str]:
    """The doubt of each arm of an analysis; `tested` counts the study's test samples, where that is known."""
    own = {arm.label: arm.data for arm in (config.analysis.arms if config.analysis else ())}
    found = {}
    for arm in arms:
        data = own.get(arm.arm) or config.data
        samples = tested if tested is not None and data == config.data else tested_of(data)
        found[arm.arm] = doubt(Result(arm.arm, arm.accuracy.mean, arm.spikes.mean, data.input.classes, samples))
    return found


def winner_doubt(config: StudyConfig, winner: StudyFinished, tested: int | None) -> str:
    """The doubt of a search's retrained winner."""
    classes = config.input.classes
    return doubt(Result(winner.architecture, winner.test_accuracy, winner.test_spikes, classes, tested))


def tested_of(data: DataConfig) -> int | None:
    """Test samples as the config and the catalogue have them; None of a user's own files."""
    listed = CATALOG[data.dataset].test or None
    return data.test_samples if listed is None else min(listed, data.test_samples or listed)
