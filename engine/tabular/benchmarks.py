"""The tables there are to make: the trainings from scratch, and the supernets whose estimates stand beside them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from engine.analysis.plan import architectures
from engine.config.analysis import Arm
from engine.config.presets import PRESETS
from engine.config.study import StudyConfig
from engine.config.versions import LATER
from engine.errors import ConfigError


@dataclass(frozen=True)
class Benchmark:
    """`standalone` trains every architecture with each seed; `supernet` is run once a seed, with the same seeds.

    Each search is repeated on the finished table `repetitions` times.
    """

    name: str
    title: str
    standalone: StudyConfig
    supernet: StudyConfig
    repetitions: int = 200

    @property
    def seeds(self) -> range:
        """The seeds of the trainings and of the supernets."""
        assert self.standalone.analysis is not None
        return range(self.standalone.seed, self.standalone.seed + self.standalone.analysis.seeds)


def benchmark(name: str) -> Benchmark:
    """Raises ConfigError for a name that is none."""
    if name not in BENCHMARKS:
        raise ConfigError([f"table: must be one of {', '.join(BENCHMARKS)}, got {name[:60]!r}"])
    return BENCHMARKS[name]


def part(config: StudyConfig, number: int, count: int) -> StudyConfig:
    """Part `number` of `count`, from 1, of an analysis with one arm: every `count`-th of its architectures.

    A training depends on its architecture and seed alone, so the parts together are the whole.
    Raises ConfigError for a number out of bounds.
    """
    assert config.analysis is not None
    [arm] = config.analysis.arms
    if not 1 <= number <= count <= arm.trainings:
        raise ConfigError([f"part: must be K/N with 1 ≤ K ≤ N ≤ {arm.trainings}, got {number}/{count}"])
    mine = tuple(found.code for found in architectures(config, arm)[number - 1 :: count])
    arms = (Arm(label=arm.label, architectures=mine),)
    return config.model_copy(update={"analysis": config.analysis.model_copy(update={"arms": arms})})


def _digits_125() -> Benchmark:
    """Quick look's space and supernet. Winners are retrained for one epoch only: the table has them."""
    preset, quick = PRESETS["digits-125"], PRESETS["digits-exhaustive"].config
    changes = {
        "name": "Supernets of digits-125",
        "retrain": quick.retrain.model_copy(update={"epochs": 1}),
        "runtime": quick.runtime.model_copy(update={"threads": 1}),
    }
    return Benchmark(
        "digits-125", preset.title, _of_version_1(preset.config), _of_version_1(quick.model_copy(update=changes))
    )


def _of_version_1(config: StudyConfig) -> StudyConfig:
    """The config as version 1 says it: the table keeps the rules by which it was made."""
    parts: dict[str, Any] = {}
    for (part, field), was in LATER.items():
        parts[part] = parts.get(part, getattr(config, part)).model_copy(update={field: was})
    return config.model_copy(update={"version": 1, **parts})


BENCHMARKS = {found.name: found for found in (_digits_125(),)}
