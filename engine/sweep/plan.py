"""The searches of a sweep: one for each λ and each seed, all on the supernet of one study."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from engine.analysis.seeds import MAX_SEEDS
from engine.config.fields import MAX_SEED
from engine.config.parse import parse_stored
from engine.config.study import StudyConfig
from engine.errors import ConfigError

MAX_SEARCHES = 200
"""Most searches of one sweep: a slip in a list should not become a month of computing."""
NO_RETRAINING = {"winner": False, "seeds": 1, "trust": 0, "baselines": []}
"""Of `retrain`: the study ends with its search."""


@dataclass(frozen=True)
class Search:
    """One search of a sweep, as a study of its own: a fork of the supernet's study at generation 0."""

    config: StudyConfig

    @property
    def exponent(self) -> float:
        """Its λ."""
        return self.config.search.fitness_lambda

    @property
    def seed(self) -> int:
        """The seed of its draws."""
        return self.config.search_seed

    @property
    def folder(self) -> Path:
        """Where it lies in the sweep's folder: lambda-0.08-seed-3 of λ = −0.08 and seed 3."""
        return Path(f"lambda-{-self.exponent or 0:g}-seed-{self.seed}")


def searches(
    source: StudyConfig,
    lambdas: Sequence[float],
    seeds: Sequence[int] | None = None,
    *,
    retrain: bool = False,
    changes: dict[str, Any] | None = None,
) -> list[Search]:
    """Each λ with each seed, λ by λ. Without `retrain` they end with their search, as the paper compares searches.

    `seeds` left out is the source's own; `changes` are further fields of `search`. Raises ConfigError, field by field.
    """
    seeds = [source.search_seed] if seeds is None else seeds
    _require_list("lambda", lambdas)
    _require_list("seed", seeds)
    if len(lambdas) * len(seeds) > MAX_SEARCHES:
        raise ConfigError([f"lambda: {len(lambdas)} × {len(seeds)} seeds are more than {MAX_SEARCHES} searches"])
    if source.analysis is not None:
        raise ConfigError(["analysis: an analysis has no supernet to search; give a study that searches"])
    return [
        Search(_searching(source, exponent, seed, retrain, changes or {})) for exponent in lambdas for seed in seeds
    ]


def seeds_from(source: StudyConfig, count: int) -> list[int]:
    """So many seeds, from the source's own search seed on. Raises ConfigError for a count out of bounds."""
    first = source.search_seed
    most = min(MAX_SEEDS, MAX_SEED - first + 1)
    if not 1 <= count <= most:
        raise ConfigError([f"seeds: must be 1 to {most}, got {count}"])
    return [first + k for k in range(count)]


def _searching(source: StudyConfig, exponent: float, seed: int, retrain: bool, changes: dict[str, Any]) -> StudyConfig:
    """The source's study with this λ and seed, under a name that says so."""
    document = source.model_dump(mode="json")
    own_seed = None if seed == source.seed else seed
    document["search"] |= changes | {"fitness_lambda": exponent, "seed": own_seed}
    document["retrain"] |= {"winner": True} if retrain else NO_RETRAINING
    tail = f", λ = {exponent:g}, seed {seed}"
    document["name"] = source.name[: 120 - len(tail)] + tail
    return parse_stored(document)


def _require_list(field: str, values: Sequence[float]) -> None:
    if not values:
        raise ConfigError([f"{field}: give at least one"])
    if twice := [value for i, value in enumerate(values) if value in values[:i]]:
        raise ConfigError([f"{field}: {twice[0]:g} is given twice"])
