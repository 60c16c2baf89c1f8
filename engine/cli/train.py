"""`train`: architectures trained from scratch by a study's recipe, with one or several seeds."""

from __future__ import annotations

from pathlib import Path

from engine.cli.run import run_one
from engine.cli.study_file import changed, read_config
from engine.config.training import training_of


def train(
    genomes: list[str],
    study: Path,
    workdir: Path,
    data: Path,
    seeds: int,
    assignments: list[str] | None = None,
    seed: int | None = None,
) -> None:
    config = changed(read_config(study), assignments, seed)
    run_one(training_of(config, genomes, range(config.seed, config.seed + seeds)), workdir, data)
