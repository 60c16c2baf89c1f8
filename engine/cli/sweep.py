"""`sweep`: several searches on one supernet, one after the other; run again, it goes on."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from engine.cli.folder_run import run_folder
from engine.cli.fork_folder import fork_folder
from engine.cli.journal import STUDY
from engine.cli.output import print_json, tell
from engine.cli.study_file import read_config, read_stored
from engine.config.search import Algorithm
from engine.config.study import StudyConfig
from engine.errors import ConfigError
from engine.storage.files import is_there
from engine.sweep.plan import Search, searches, seeds_from
from engine.sweep.table import table

SUPERNET = "supernet"
"""The folder of the study that trains the supernet, where the sweep begins with a config."""


def sweep(
    source: Path,
    lambdas: list[str],
    seeds: int | None,
    seed: list[str] | None,
    generations: int | None,
    algorithm: Algorithm | None,
    retrain: bool,
    to: Path,
    data: Path,
) -> None:
    """Options as they were typed. Raises ConfigError, and Paused where a pause was asked for."""
    folder = source.is_dir()
    config = read_stored(source / STUDY) if folder else read_config(source)
    changes = {"generations": generations, "algorithm": algorithm}
    planned = searches(
        config,
        _numbers("lambda", lambdas, float),
        _seeds(config, seeds, seed),
        retrain=retrain,
        changes={key: value for key, value in changes.items() if value is not None},
    )
    if not folder:
        run_folder(config, to / SUPERNET, data, until="search")
    run_searches(source if folder else to / SUPERNET, planned, to, data)
    print_json(table(to, planned))


def run_searches(source: Path, planned: list[Search], to: Path, data: Path) -> None:
    """Fork the study in `source` at generation 0 for each search, into `to`, and run it to its end.

    A folder that is there goes on. Raises ConfigError where it holds another study, and what `run_folder` raises.
    """
    for number, search in enumerate(planned, 1):
        folder = to / search.folder
        if not is_there(folder / STUDY):
            to.mkdir(parents=True, exist_ok=True)
            fork_folder(source, 0, folder, search.config)
        _require_same(folder, search.config)
        tell(f"search {number} of {len(planned)}: λ = {search.exponent:g}, seed {search.seed}, in {folder}")
        run_folder(search.config, folder, data)


def _require_same(folder: Path, config: StudyConfig) -> None:
    if read_stored(folder / STUDY).digest() != config.digest():
        raise ConfigError([f"to: {folder} holds a search with other settings; choose another --to, or the same ones"])


def _seeds(config: StudyConfig, count: int | None, listed: list[str] | None) -> list[int] | None:
    if count is not None and listed is not None:
        raise ConfigError(["seeds: give --seeds K or --seed S,…, not both"])
    if count is not None:
        return seeds_from(config, count)
    return None if listed is None else _numbers("seed", listed, int)


def _numbers(field: str, words: Iterable[str], kind: type[Any]) -> list[Any]:
    """Numbers of words, which may be lists with commas themselves. Raises ConfigError for one that is none."""
    found = []
    for word in ",".join(words).split(","):
        try:
            if word.strip():
                found.append(kind(word))
        except ValueError as error:
            raise ConfigError([f"{field}: {word.strip()[:40]!r} is no number"]) from error
    return found
