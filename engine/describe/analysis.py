"""An analysis in words: what is trained from scratch in place of a search, arm by arm."""

from __future__ import annotations

from engine.analysis.published import TITLES
from engine.config.analysis import AnalysisConfig, Arm
from engine.config.study import StudyConfig
from engine.config.words import counted, listed, one_line
from engine.describe import data, network, training
from engine.describe.clauses import differing
from engine.describe.search import bred


def analysis(config: StudyConfig) -> list[str]:
    """What was trained without a search, one sentence for each arm. Empty for a search."""
    if config.analysis is None:
        return []
    return [_what(config, config.analysis), *(_arm(config, arm) for arm in config.analysis.arms)]


def left_aside(config: StudyConfig) -> str:
    """What the config of an analysis holds and an analysis does not do; its digest is of this too."""
    search = config.search
    return (
        f"The config also holds what an analysis leaves aside: the recipe of a supernet, "
        f"{training.recipe(config.supernet)}, and a search in {counted(search.generations, 'generation')} of "
        f"{search.population}{bred(search)} with λ = {search.fitness_lambda:g}, in batches of {search.batch_size}."
    )


def _what(config: StudyConfig, found: AnalysisConfig) -> str:
    table = "" if found.table is None else f"; they stand beside the poster's table “{TITLES[found.table]}”"
    each = training.seeds(config.seed, found.seeds)
    on = "training and validation samples" if found.train_on == "all" else "the training samples alone"
    counts = "; synaptic operations were counted on the test samples" if found.operations else ""
    return (
        f"Without a search, {counted(len(found.arms), 'arm')} of architectures were trained from scratch on {on}, each "
        f"architecture with {each}, for {training.recipe(config.retrain)}{table}{counts}."
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
