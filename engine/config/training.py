"""The analysis study that trains given architectures from scratch by another study's recipe."""

from __future__ import annotations

from collections.abc import Sequence

from engine.config.analysis import AnalysisConfig, Arm
from engine.config.assign import assigned
from engine.config.study import StudyConfig
from engine.errors import ConfigError

ARM = "given"
"""The one arm's label."""


def training_of(config: StudyConfig, genomes: Sequence[str], seeds: Sequence[int]) -> StudyConfig:
    """Each genome trained with each of these seeds, which follow one another: data, network and recipe are the study's.

    Raises ConfigError for seeds with gaps, and for genomes that the space does not hold.
    """
    if not genomes:
        raise ConfigError(["genomes: at least 1, such as R5-S-C3"])
    first = seeds[0] if seeds else 0
    if list(seeds) != list(range(first, first + len(seeds))) or not seeds:
        raise ConfigError([f"seeds: must follow one another, such as 0, 1, 2; got {list(seeds)[:20]}"])
    arm = Arm(label=ARM, architectures=tuple(dict.fromkeys(genomes)))
    analysis = AnalysisConfig(arms=(arm,), seeds=len(seeds))
    return assigned(config, [("seed", first), ("analysis", analysis.model_dump(mode="json"))])
