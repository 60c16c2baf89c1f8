"""The trainings of an analysis in their order, from the config and the result of the search."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from engine.config.analysis import Arm
from engine.config.study import StudyConfig
from engine.events import Candidate
from engine.search.interface import fittest
from engine.seeds import generator
from engine.space.architecture import Architecture

WINNER, SAMPLE = "winner", "supernet trust"


@dataclass(frozen=True)
class Training:
    """One network to train from scratch. `config.seed` is its seed; split and subset of the data are the study's.

    `zoo` is a baseline's name and C (None = its paper's); a baseline has an empty architecture.
    """

    arm: str
    config: StudyConfig
    architecture: Architecture
    search_accuracy: float | None = None
    zoo: tuple[str, int | None] | None = None

    @property
    def code(self) -> str:
        """The genome, or the baseline's name."""
        return self.zoo[0] if self.zoo else self.architecture.code


def trainings(config: StudyConfig) -> list[Training]:
    """The trainings of an analysis study, arm by arm and architecture by architecture.

    Under `analysis.order` arms, all seeds of an architecture follow one another; under seeds, the next seed begins when
    every architecture has been trained with the one before.
    """
    if config.analysis is None:
        return []
    each = [training for arm in config.analysis.arms for training in _of(arm, config)]
    places = range(len(each))
    seeds = range(config.analysis.seeds)
    by_seed = config.analysis.order == "seeds"
    plan = [(i, k) for k in seeds for i in places] if by_seed else [(i, k) for i in places for k in seeds]
    return [replace(each[i], config=_seeded(each[i].config, config.seed + k)) for i, k in plan]


def _of(arm: Arm, config: StudyConfig) -> list[Training]:
    own = config.arm_config(arm)
    found = [Training(arm.label, own, architecture) for architecture in architectures(config, arm)]
    if arm.zoo is not None:
        found.append(Training(arm.label, own, Architecture(()), zoo=(arm.zoo, arm.zoo_channels)))
    return found


def architectures(config: StudyConfig, arm: Arm) -> list[Architecture]:
    """The architectures of an arm: those it names, then random ones from (seed, label), none twice."""
    space = config.arm_config(arm).space
    found = [Architecture.from_code(code) for code in arm.architectures]
    taken = {architecture.code for architecture in found}
    rng = generator(config.seed, f"analysis/{arm.label}")
    wanted = len(found) + arm.random
    while len(found) < wanted:
        drawn = space.sample(rng)
        if drawn.code not in taken:
            taken.add(drawn.code)
            found.append(drawn)
    return found


def after_search(config: StudyConfig, seen: Sequence[Candidate]) -> list[Training]:
    """Trainings after a search: the winner with further seeds, baselines, and a sample for the rank correlation."""
    ranked = fittest(seen, len(seen), config.search.ties)
    winner = Architecture.from_code(ranked[0].architecture)
    more = [Training(WINNER, _seeded(config, config.seed + k), winner) for k in range(1, config.retrain.seeds)]
    sample = [(Architecture.from_code(c.architecture), c.accuracy) for c in _spread(ranked, config)]
    for name in config.retrain.baselines:
        more.append(Training(name, config, Architecture(()), zoo=(name, config.retrain.baseline_channels)))
    return more + [Training(SAMPLE, config, architecture, estimate) for architecture, estimate in sample]


def _spread(ranked: Sequence[Candidate], config: StudyConfig) -> list[Candidate]:
    """`retrain.trust` candidates, evenly spaced from the first rank to the last; all where there are fewer."""
    count = min(config.retrain.trust, len(ranked))
    if count < 2:
        return list(ranked[:count])
    return [ranked[round(i * (len(ranked) - 1) / (count - 1))] for i in range(count)]


def _seeded(config: StudyConfig, seed: int) -> StudyConfig:
    return config.model_copy(update={"seed": seed})
