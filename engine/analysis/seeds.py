"""One study repeated with several seeds: one folder per seed, and the distribution of their results."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from engine.config.fields import MAX_SEED
from engine.config.study import StudyConfig
from engine.errors import ConfigError, MeasureError
from engine.metrics.distributions import distribution
from engine.storage.atomic import write_bytes
from engine.storage.committed import whole_events

MAX_SEEDS = 100
"""Most repetitions of one submission: each is a whole study."""
SUMMARY = "seeds.json"


def seeded(config: StudyConfig, count: int) -> list[StudyConfig]:
    """Copies of the study with seeds seed, seed + 1, … Raises ConfigError for a count out of bounds, or an analysis."""
    if not 1 <= count <= MAX_SEEDS:
        raise ConfigError([f"--seeds: must be 1 to {MAX_SEEDS}, got {count}"])
    if config.analysis is not None and count > 1:
        raise ConfigError(["--seeds: an analysis has its own analysis.seeds"])
    if (last := config.seed + count - 1) > MAX_SEED:
        raise ConfigError([f"seed: the last of {count} seeds would be {last:,}; at most {MAX_SEED:,}"])
    return [config.model_copy(update={"seed": config.seed + k}) for k in range(count)]


def with_seed_in_name(config: StudyConfig) -> StudyConfig:
    """The same study with its seed in its name."""
    tail = f", seed {config.seed}"
    return config.model_copy(update={"name": config.name[: 120 - len(tail)] + tail})


def folder_of(workdir: Path, config: StudyConfig) -> Path:
    """The folder of one seed's study."""
    return workdir / f"seed-{config.seed}"


def summarise(workdir: Path, configs: Sequence[StudyConfig]) -> dict[str, Any]:
    """Winners of the finished studies and the distribution of their results on the test split; writes seeds.json."""
    winners = [_finished(folder_of(workdir, config)) for config in configs]
    keys = ("architecture", "test_accuracy", "test_spikes", "firing_rate", "parameters")
    summary = {
        "split": "test",
        "epochs": configs[0].retrain.epochs,
        "seeds": [
            {"seed": config.seed, **{key: winner[key] for key in keys}}
            for config, winner in zip(configs, winners, strict=True)
        ],
        **{key: asdict(distribution([winner[key] for winner in winners])) for key in keys[1:]},
    }
    write_bytes(workdir / SUMMARY, (json.dumps(summary, indent=2) + "\n").encode())
    return summary


def _finished(folder: Path) -> dict[str, Any]:
    found = next((event for event in whole_events(folder) if event["kind"] == "study_finished"), None)
    if found is None:
        raise MeasureError(f"{folder} has no retrained winner: its search was stopped; there is no mean over the seeds")
    return found
