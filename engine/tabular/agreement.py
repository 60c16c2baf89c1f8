"""How well estimates rank the architectures of a table: Kendall's τ with its interval."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from itertools import combinations
from typing import Any

from engine.errors import MeasureError
from engine.metrics.rank_correlation import RankCorrelation, rank_correlation
from engine.tabular.columns import ESTIMATES
from engine.tabular.table import Table

SPIKES = ("supernet_spikes",)
"""Estimates of N rather than of accuracy."""


def agreement(results: Mapping[str, float], estimates: Mapping[str, float], *, seed: int = 0) -> RankCorrelation:
    """τ between a supernet's (or any) estimates and stand-alone results, over the genomes that both have.

    Both map genome → value. Raises MeasureError where fewer than 3 genomes are in both, and as rank_correlation does.
    """
    shared = sorted(results.keys() & estimates.keys())
    if len(shared) < 3:
        raise MeasureError(f"estimates: at least 3 genomes must be among the results', got {len(shared)}")
    return rank_correlation([estimates[g] for g in shared], [results[g] for g in shared], seed=seed)


def results(table: Table, column: str = "test_accuracy", seed: int | None = None) -> dict[str, float]:
    """A column by genome: the mean over the seeds, or one seed's. Raises MeasureError for another column or seed."""
    if seed is not None and seed not in table.seeds:
        raise MeasureError(f"seed: {table.name} has {', '.join(map(str, table.seeds))}, got {seed}")
    values = table.means(column) if seed is None else table.column(column)[:, table.seeds.index(seed)]
    return dict(zip(table.genomes, values.tolist(), strict=True))


def predictors(table: Table) -> Iterator[dict[str, Any]]:
    """τ of everything in the table that could predict mean test accuracy: {predictor, seed, tau, low, high, n, …}.

    Each seed's supernet and proxies, their means over the seeds, the number of parameters, and N; then how well one
    training from scratch predicts: its validation accuracy, for the mean test accuracy of the other seeds.
    """
    exact = results(table)
    for name in (column.name for column in ESTIMATES if column.name not in SPIKES):
        for seed in (*table.seeds, None):
            yield _told(name, seed, exact, results(table, name, seed))
    for name in ("parameters", "test_spikes"):
        yield _told(name, None, exact, results(table, name))
    yield from _retraining(table)


def spike_estimates(table: Table) -> Iterator[dict[str, Any]]:
    """τ of each supernet's N on validation samples for mean N on test samples."""
    exact = results(table, "test_spikes")
    for seed in (*table.seeds, None):
        yield _told("supernet_spikes", seed, exact, results(table, "supernet_spikes", seed))


def _retraining(table: Table) -> Iterator[dict[str, Any]]:
    """One training against the mean of the others, and test accuracies of two seeds against each other."""
    for seed in table.seeds if len(table.seeds) > 1 else ():
        others = [results(table, "test_accuracy", other) for other in table.seeds if other != seed]
        rest = {genome: sum(each[genome] for each in others) / len(others) for genome in table.genomes}
        yield _told("validation_accuracy of one training", seed, rest, results(table, "validation_accuracy", seed))
    for one, other in combinations(table.seeds, 2):
        pair = results(table, "test_accuracy", one), results(table, "test_accuracy", other)
        yield _told(f"test_accuracy of seed {one} for seed {other}", one, pair[1], pair[0])


def _told(name: str, seed: int | None, exact: Mapping[str, float], estimates: Mapping[str, float]) -> dict[str, Any]:
    """The correlation as JSON values; `why` where there is none."""
    try:
        found = asdict(agreement(exact, estimates))
    except MeasureError as error:
        return {"predictor": name, "of_seed": seed, "tau": None, "why": str(error)}
    kept = ("tau", "low", "high", "confidence", "n", "p_value")
    return {"predictor": name, "of_seed": seed, **{key: found[key] for key in kept if key in found}}
