"""Configs of studies: presets, fields set anew, what a study will take."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from engine.cli.estimate import estimated
from engine.cli.study_file import preset as preset_of
from engine.cli.study_file import read_config
from engine.config.assign import assigned, assignment
from engine.config.presets import PRESETS
from engine.config.study import StudyConfig
from engine.errors import ConfigError
from engine.storage.atomic import write_bytes

AnyPath = str | os.PathLike[str]


@dataclass(frozen=True)
class Estimate:
    """What a study takes on this machine.

    `space_size` counts architectures, `evaluations` those the search evaluates. `seconds` is by phase, with `total`;
    `memory_bytes` is the process's peak. `parameters` and `macs` (multiply-accumulates per time step) are the least,
    the mean and the most over the space.
    """

    space_size: int
    evaluations: int
    seconds: dict[str, float]
    memory_bytes: int
    parameters: tuple[float, float, float]
    macs: tuple[float, float, float]

    @property
    def hours(self) -> float:
        return self.seconds["total"] / 3600

    def __str__(self) -> str:
        gigabytes = self.memory_bytes / 1e9
        return (
            f"{self.space_size:,} architectures, {self.evaluations:,} evaluated; {self.hours:.2g} h, {gigabytes:.2g} GB"
        )


class Config:
    """The config of a study. It never changes: `set` gives another one."""

    def __init__(self, study: StudyConfig) -> None:
        self.study = study

    def set(self, *assignments: str, **fields: Any) -> Config:
        """The config with fields set anew, all at once: `.set("search.generations=5", "data.augment=false", seed=3)`.

        An assignment is `FIELD=VALUE`, where VALUE is JSON or text. A keyword names a field of the top level; a dotted
        one is given as `**{"search.generations": 5}`. Raises ConfigError, a line for each wrong field.
        """
        values = [*map(assignment, assignments), *((name, _plain(value)) for name, value in fields.items())]
        return Config(assigned(self.study, values))

    def __getitem__(self, path: str) -> Any:
        """A field's value by its dotted path, as JSON has it: `config["search.generations"]`. Raises KeyError."""
        found: Any = self.to_dict()
        for name in path.split("."):
            try:
                found = found[int(name)] if isinstance(found, list) else found[name]
            except (LookupError, TypeError, ValueError) as error:
                raise KeyError(path) from error
        return found

    def estimate(self, macs_per_second: float | None = None) -> Estimate:
        """What the study takes. `macs_per_second`: a machine's speed; None = this one's, measured in about a second."""
        found = estimated(self.study, macs_per_second)
        least_mean_most = [
            tuple(found[what][of] for of in ("least", "mean", "most")) for what in ("parameters", "macs")
        ]
        return Estimate(
            found["space_size"], found["evaluations"], found["seconds"], found["memory"]["bytes"], *least_mean_most
        )

    @property
    def digest(self) -> str:
        """SHA-256 of what decides the result."""
        return self.study.digest()

    def to_dict(self) -> dict[str, Any]:
        """The config as JSON values."""
        return self.study.model_dump(mode="json")

    def to_json(self) -> str:
        """The config as JSON text, which `load_config` and the command read."""
        return json.dumps(self.to_dict(), indent=2) + "\n"

    def save(self, path: AnyPath) -> Path:
        """Write `to_json()` to a file."""
        write_bytes(Path(path), self.to_json().encode())
        return Path(path)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Config) and self.study == other.study

    def __hash__(self) -> int:
        return hash(self.digest)

    def __repr__(self) -> str:
        return f"<autosnn.Config {self.study.name!r}, seed {self.study.seed}, {self.study.space.size:,} architectures>"


def presets() -> dict[str, str]:
    """Title of every preset by its key."""
    return {preset.key: preset.title for preset in PRESETS.values()}


def preset(key: str) -> Config:
    """The config of a preset. Raises ConfigError, with the nearest key, where there is none of this name."""
    return Config(preset_of(key))


def load_config(source: AnyPath) -> Config:
    """The config in a JSON file. Raises ConfigError, a line for each wrong field."""
    return Config(read_config(Path(source)))


def config_of(given: Config | StudyConfig | str) -> StudyConfig:
    """The study that a caller means: a config, or a preset's key. Raises ConfigError."""
    if isinstance(given, str):
        return preset_of(given)
    if isinstance(given, Config):
        return given.study
    if isinstance(given, StudyConfig):
        return given
    raise ConfigError([f"config: must be an autosnn.Config or a preset's key, got {type(given).__name__}"])


def _plain(value: Any) -> Any:
    """As JSON has it: tuples become lists, NumPy's numbers plain ones."""
    if isinstance(value, dict):
        return {key: _plain(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(part) for part in value]
    return value.item() if hasattr(value, "item") else value
