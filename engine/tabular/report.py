"""The report of a table: how far estimates can be trusted, regret of the five searches, what evolution missed."""

from __future__ import annotations

from typing import Any, get_args

from engine.config.algorithms import BUILT_IN
from engine.config.search import SearchConfig
from engine.metrics.distributions import distribution
from engine.metrics.fitness import fitness
from engine.tabular.agreement import predictors, spike_estimates
from engine.tabular.columns import Source
from engine.tabular.guide import guide
from engine.tabular.missed import missed
from engine.tabular.regret import repetitions, spread
from engine.tabular.table import Table

FORMAT = "autosnn-studio-table-report/1"


def report(table: Table, count: int = 200) -> dict[str, Any]:
    """Everything the documentation says of a table, as JSON values; `count` repetitions of each search."""
    return {
        "format": FORMAT,
        "name": table.name,
        "architectures": len(table.genomes),
        "seeds": list(table.seeds),
        "layers": list(table.layers),
        "fitness_lambda": table.study.search.fitness_lambda,
        "average_spikes": table.average_spikes,
        "spread": _spreads(table),
        "best": _best(table),
        "front": [_point(table, genome) for genome in table.front()],
        "points": [_point(table, genome) for genome in table.genomes],
        "agreement": list(predictors(table)),
        "spike_agreement": list(spike_estimates(table)),
        "supernet_winners": [_winner(table, seed) for seed in table.seeds],
        "searches": {source: _searches(table, source, count) for source in get_args(Source)},
    }


def _point(table: Table, genome: str) -> dict[str, Any]:
    place = table.index[genome]
    names = ("test_accuracy", "test_spikes", "parameters", "effective_macs", "effective_acs")
    return {"genome": genome, **{name: float(table.column(name)[place].mean()) for name in names}}


def _best(table: Table) -> dict[str, Any]:
    return _point(table, table.best()) | {"fitness": float(table.fitness().max())}


def _spreads(table: Table) -> dict[str, float]:
    """Of mean test accuracy over the architectures, and of one architecture's accuracy over the seeds."""
    accuracy = table.column("test_accuracy")
    between = distribution(accuracy.mean(axis=1).tolist())
    found = {"minimum": between.minimum, "maximum": between.maximum, "between_architectures": between.deviation or 0.0}
    if len(table.seeds) > 1:
        found["between_seeds"] = float(accuracy.var(axis=1, ddof=1).mean() ** 0.5)
    return found


def _winner(table: Table, seed: int) -> dict[str, Any]:
    """The fittest architecture by one supernet's estimates of all, and where it stands in the table."""
    seen, strength = guide(table, "supernet", seed), table.study.search.fitness_lambda
    pairs = zip(seen.accuracy.tolist(), seen.spikes.tolist(), strict=True)
    fitnesses = [fitness(accuracy, spikes, seen.average_spikes, strength) for accuracy, spikes in pairs]
    genome = table.genomes[fitnesses.index(max(fitnesses))]
    return {"supernet": seed, "genome": genome, "regret": table.gap(genome), "rank": table.rank(genome)}


def _searches(table: Table, source: Source, count: int) -> dict[str, Any]:
    """The five searches with the study's settings, shown what `source` gives."""
    found: dict[str, Any] = {}
    for algorithm in BUILT_IN:
        search = SearchConfig.model_validate(table.study.search.model_dump() | {"algorithm": algorithm})
        runs = repetitions(table, search, source, count)
        evaluations = distribution([len(run.candidates) for run in runs])
        found[algorithm] = {
            "repetitions": count,
            "evaluations": evaluations.maximum,
            "regret": spread(runs),
            "missed": missed(table, runs, search.fitness_lambda),
        }
    return found
