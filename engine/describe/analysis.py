"""An analysis in words: what is trained from scratch in place of a search, arm by arm."""

from __future__ import annotations

from engine.analysis.published import TITLES
from engine.config.analysis import AnalysisConfig, Arm
from engine.config.study import StudyConfig
from engine.config.words import counted, listed, one_line
from engine.describe import data, network, training
from engine.describe.clauses import differing


def analysis(config: StudyConfig) -> list[str]:
    """What was trained without a search, one sentence for each arm. Empty for a search."""
    if config.analysis is None:
        return []
    return [_what(config, config.analysis), *(_arm(config, arm) for arm in config.analysis.arms)]


def _what(config: StudyConfig, found: AnalysisConfig) -> str:
    table = "" if found.table is None else f"; they stand beside the poster's table “{TITLES[found.table]}”"
    each = training.seeds(config.seed, found.seeds)
    return (
        f"Without a search, {counted(len(found.arms), 'arm')} of architectures were trained from scratch on training "
        f"and validation samples, each architecture with {each}, for {training.recipe(config.retrain)}{table}."
    )


def _arm(config: StudyConfig, arm: Arm) -> str:
    own = _own(config, arm)
    differs = f"; here {'; '.join(own)}" if own else ""
    return f"Arm “{one_line(arm.label)}”: {listed(_trained(arm))}{differs}."


def _trained(arm: Arm) -> list[str]:
    parts = list(arm.architectures)
    if arm.random:
        parts.append(f"{counted(arm.random, 'architecture')} drawn uniformly from the space")
    if arm.zoo is not None:
        parts.append(f"the baseline {training.baseline(arm.zoo, arm.zoo_channels)}")
    return parts


def _own(config: StudyConfig, arm: Arm) -> list[str]:
    """What differs from the study's own network, data and recipe."""
    mine = config.arm_config(arm)
    steps, own_steps = config.network.time_steps, mine.network.time_steps
    return [
        *differing(network.clauses(mine.network), network.clauses(config.network)),
        *differing(data.clauses(mine.data, own_steps), data.clauses(config.data, steps)),
        *differing(training.clauses(mine.retrain), training.clauses(config.retrain)),
    ]
