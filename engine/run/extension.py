"""A search that goes on, in its own study, to more generations than its config had asked for.

Only a search that has retrained nothing is extended in place. A retrained winner has a package and events that people
may have cited, and stored events never change: such a study is forked at its last generation instead.
"""

from __future__ import annotations

from pathlib import Path

from engine.config.parse import parse_stored
from engine.config.study import StudyConfig
from engine.errors import ConfigError
from engine.events import Commit, StudyExtended
from engine.run.state import state_of
from engine.storage.atomic import read_metadata, write_metadata

BRED = ("evolution", "nsga2", "random_search")
"""Algorithms whose config says how many generations there are."""


def extended_config(config: StudyConfig, generations: int) -> StudyConfig:
    """The same study with so many generations. Raises ConfigError where it has no such number, or as many already."""
    if config.analysis is not None or config.search.algorithm not in BRED:
        kind = "an analysis" if config.analysis is not None else f"{config.search.algorithm} search"
        raise ConfigError([f"generations: {kind} has no number of generations to extend"])
    if generations <= config.search.generations:
        least = config.search.generations + 1
        raise ConfigError([f"generations: must be at least {least}, one more than the study has, got {generations}"])
    document = config.model_dump(mode="json")
    document["search"]["generations"] = generations
    return parse_stored(document)


def extend(
    folder: Path, at: Commit, config: StudyConfig, *, attempt: int, retrained: bool
) -> tuple[StudyExtended, Commit]:
    """Write the checkpoint from which the study in `folder` goes on as `config`, of `extended_config`, says.

    `at` is its newest commit; `attempt` becomes part of the checkpoint's name; `retrained` says whether retraining has
    begun. Raises ConfigError where it has, or the search has not, and CheckpointError.
    """
    path = folder / "checkpoints" / at.checkpoint
    state = state_of(read_metadata(path, at.sha256), path.name)
    _require_searching(bool(state.supernet_file), retrained)
    state.phase, state.config_digest, state.commits = "search", config.digest(), state.commits + 1
    written = folder / "checkpoints" / f"{attempt:04d}-{state.commits:06d}.safetensors"
    done = write_metadata(written, {"state": state.model_dump(mode="json")})
    told = StudyExtended(config_digest=config.digest(), generations=config.search.generations)
    return told, Commit(done.name, done.sha256, done.size, state.commits, "search")


def _require_searching(trained: bool, retrained: bool) -> None:
    if not trained:
        raise ConfigError(["generations: the supernet is not trained yet; resume the study, or clone it"])
    if retrained:
        raise ConfigError(
            ["generations: its winner is retrained, and its result stays as it is; fork it at its last generation"]
        )
