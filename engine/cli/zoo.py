"""`zoo`: the baselines, listed or trained; torch is loaded when one is trained."""

from __future__ import annotations

from pathlib import Path

from engine.cli.output import print_json, tell
from engine.cli.study_file import read_config
from engine.errors import ConfigError
from engine.zoo.listing import describe_plan
from engine.zoo.registry import ZOO


def zoo(baseline: str | None, study: Path | None, channels: int | None, data: Path) -> None:
    if baseline is None:
        print_json([describe_plan(plan) for plan in ZOO.values()])
        return
    if baseline not in ZOO:
        raise ConfigError([f"baseline: must be one of {', '.join(ZOO)}, got {baseline[:60]!r}"])
    if study is None:
        raise ConfigError(["study: --study STUDY.json is needed to train a baseline"])
    config = read_config(study)
    from engine.run.baseline import retrain

    print_json(retrain(ZOO[baseline], config, data, channels, tell))
