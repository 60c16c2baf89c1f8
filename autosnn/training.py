"""Architectures trained from scratch by a study's recipe."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from autosnn.arrays import Arrays
from autosnn.config import AnyPath, Config, config_of
from autosnn.study import Study
from autosnn.table import Table
from engine.config.study import StudyConfig
from engine.config.training import training_of


def train(
    genomes: str | Sequence[str],
    config: Config | StudyConfig | str,
    *,
    seeds: Sequence[int] = (0,),
    data: Arrays | None = None,
    workdir: AnyPath | None = None,
    data_root: AnyPath | None = None,
    progress: bool = False,
) -> Table:
    """Train each genome with each seed; a table of the results on the test split, a row a training.

    `seeds` follow one another, such as `range(5)`. `workdir` keeps the study, which goes on there if it is interrupted;
    left out, nothing is kept. Raises ConfigError.
    """
    codes = [genomes] if isinstance(genomes, str) else list(genomes)
    asked = training_of(config_of(config), codes, list(seeds))
    if workdir is not None:
        return _trained(asked, Path(workdir), data, data_root, progress)
    with TemporaryDirectory(prefix="autosnn-") as folder:
        return _trained(asked, Path(folder), data, data_root, progress)


def _trained(
    config: StudyConfig, workdir: Path, data: Arrays | None, data_root: AnyPath | None, progress: bool
) -> Table:
    return Study(config, workdir=workdir, data=data, data_root=data_root).run(progress=progress).trainings
