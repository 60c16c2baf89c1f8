"""Rankings of supernets beside those of training from scratch: Kendall's τ, with the spread over seeds."""

from __future__ import annotations

import csv
import json
import math
import statistics
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Any

from engine.errors import MeasureError

Values = Mapping[str, float]
"""Genome → accuracy 0…1, or spikes per sample."""
LEAST_ARCHITECTURES, LEAST_SEEDS = 30, 3
"""Fewer say little of a ranking, and nothing of its spread."""
FIRST = 10
"""Architectures that an estimate ranks first, whose accuracy from scratch is told."""
CONFIDENCE = 0.95


@dataclass(frozen=True)
class Supernet:
    """A trained supernet's last epoch, N_avg included, and its estimates of every architecture."""

    seed: int
    average_spikes: float
    training_accuracy: float
    accuracy: Values
    spikes: Values


@dataclass(frozen=True)
class Standalone:
    """Architectures trained from scratch: for each seed their test accuracy, and spikes per sample."""

    accuracy: tuple[Values, ...]
    spikes: tuple[Values, ...]


def read_supernet(folder: Path) -> Supernet:
    """The supernet of a finished exhaustive study, from its events. Raises MeasureError where there are none."""
    events = [json.loads(line) for line in (folder / "events.jsonl").read_text().splitlines()]
    epochs = [event for event in events if event["kind"] == "epoch_finished" and event["phase"] == "supernet"]
    found = [one for event in events if event["kind"] == "generation_finished" for one in event["candidates"]]
    if not found:
        raise MeasureError(f"{folder}: no architecture is evaluated yet")
    accuracy, spikes = ({one["architecture"]: one[name] for one in found} for name in ("accuracy", "spikes"))
    seed = json.loads((folder / "study.json").read_text())["seed"]
    return Supernet(seed, epochs[-1]["spikes"], epochs[-1]["accuracy"], accuracy, spikes)


def standalone_of(path: Path) -> Standalone:
    """Of a CSV with genome, seed, accuracy and spikes, the architectures that were trained with every seed.

    Raises MeasureError for fewer than 30 architectures or 3 seeds.
    """
    with path.open(newline="") as file:
        rows = list(csv.DictReader(file))
    seeds = sorted({int(row["seed"]) for row in rows})
    done = [{row["genome"] for row in rows if int(row["seed"]) == seed} for seed in seeds]
    whole = set.intersection(*done) if done else set()
    if len(seeds) < LEAST_SEEDS or len(whole) < LEAST_ARCHITECTURES:
        raise MeasureError(
            f"{path}: needs at least {LEAST_ARCHITECTURES} architectures with {LEAST_SEEDS} seeds each, has "
            f"{len(whole)} with {len(seeds)}"
        )

    def of(column: str) -> tuple[Values, ...]:
        return tuple(
            {row["genome"]: float(row[column]) for row in rows if int(row["seed"]) == seed and row["genome"] in whole}
            for seed in seeds
        )

    return Standalone(of("accuracy"), of("spikes"))


def tau(one: Values, other: Values) -> float:
    """Kendall's τ-b of two rankings, over the genomes that both have. Raises MeasureError where one is constant."""
    from scipy.stats import kendalltau  # takes as long to import as half of the engine

    shared = sorted(one.keys() & other.keys())
    found = float(kendalltau([one[code] for code in shared], [other[code] for code in shared], variant="b").statistic)
    if math.isnan(found):
        raise MeasureError("rank correlation: all values of one side are equal, so there is no rank to correlate")
    return found


def mean_of(seeds: Sequence[Values]) -> Values:
    """Each genome's mean over seeds."""
    return {code: statistics.fmean(one[code] for one in seeds) for code in seeds[0]}


def spread(values: Sequence[float]) -> dict[str, Any]:
    """Values, mean and standard deviation over seeds, or over pairs of seeds."""
    return {"values": list(values), "mean": statistics.fmean(values), "deviation": statistics.stdev(values)}


def with_interval(values: Sequence[float]) -> dict[str, Any]:
    """The spread of independent values, and the 95 % interval of their mean by Student's t."""
    from scipy.stats import t

    found, n = spread(values), len(values)
    half = float(t.ppf((1 + CONFIDENCE) / 2, n - 1)) * found["deviation"] / math.sqrt(n)
    return found | {"low": found["mean"] - half, "high": found["mean"] + half}


MEASURES: dict[str, Callable[[Supernet, Standalone], float]] = {
    "tau_accuracy": lambda net, alone: tau(net.accuracy, mean_of(alone.accuracy)),
    "tau_spikes": lambda net, alone: tau(net.spikes, mean_of(alone.spikes)),
    "first_ten": lambda net, alone: accuracy_of_first(net.accuracy, mean_of(alone.accuracy)),
    "average_spikes": lambda net, _: net.average_spikes,
    "training_accuracy": lambda net, _: net.training_accuracy,
}
"""What is told of a supernet: τ with training from scratch, what its first ten reach so, N_avg, training accuracy."""


def accuracy_of_first(estimate: Values, alone: Values) -> float:
    """Mean accuracy from scratch of the FIRST architectures by estimate, of those trained; ties by genome."""
    order = sorted(alone, key=lambda code: (-estimate[code], code))
    return statistics.fmean(alone[code] for code in order[:FIRST])


def compared(supernets: Mapping[str, Sequence[Supernet]], alone: Standalone) -> dict[str, Any]:
    """The rules beside each other, seed by seed, and beside the noise of training from scratch; as JSON.

    `supernets` has two rules with the same seeds. A difference is the second rule's less the first's, seed by seed.
    Raises MeasureError for fewer than 3 seeds.
    """
    first, second = supernets
    if len(supernets[first]) < LEAST_SEEDS:
        raise MeasureError(f"supernets: needs at least {LEAST_SEEDS} seeds of each rule, got {len(supernets[first])}")
    rules = {rule: _measured(nets, alone) for rule, nets in supernets.items()}
    pairs = {name: zip(rules[first][name]["values"], rules[second][name]["values"], strict=True) for name in MEASURES}
    both = zip(supernets[first], supernets[second], strict=True)
    return {
        "architectures": len(alone.accuracy[0]),
        "retrained_seeds": len(alone.accuracy),
        "supernet_seeds": [net.seed for net in supernets[first]],
        "retraining": {
            "tau_accuracy": spread([tau(*pair) for pair in combinations(alone.accuracy, 2)]),
            "tau_spikes": spread([tau(*pair) for pair in combinations(alone.spikes, 2)]),
            "accuracy": statistics.fmean(mean_of(alone.accuracy).values()),
            "first_ten": accuracy_of_first(mean_of(alone.accuracy), mean_of(alone.accuracy)),
        },
        "rules": rules,
        "difference": {name: with_interval([b - a for a, b in found]) for name, found in pairs.items()},
        "between_rules": spread([tau(a.accuracy, b.accuracy) for a, b in both]),
    }


def _measured(nets: Sequence[Supernet], alone: Standalone) -> dict[str, Any]:
    found = {name: spread([measure(net, alone) for net in nets]) for name, measure in MEASURES.items()}
    found["between_seeds"] = spread([tau(a.accuracy, b.accuracy) for a, b in combinations(nets, 2)])
    return found


def table(found: Mapping[str, Any]) -> Iterator[str]:
    """The comparison in lines: mean ± standard deviation over seeds, and each difference with its interval."""
    noise = found["retraining"]
    yield (
        f"{found['architectures']} architectures, {found['retrained_seeds']} seeds from scratch, "
        f"{len(found['supernet_seeds'])} supernets a rule"
    )
    for rule, measured in found["rules"].items():
        told = ", ".join(
            f"{name} {measured[name]['mean']:.4g} ± {measured[name]['deviation']:.2g}" for name in measured
        )
        yield f"{rule}: {told}"
    for name, one in found["difference"].items():
        yield f"difference of {name}: {one['mean']:+.4g} [{one['low']:+.4g}, {one['high']:+.4g}]"
    yield f"between the rules: τ {found['between_rules']['mean']:.2f} ± {found['between_rules']['deviation']:.2f}"
    yield (
        f"between seeds from scratch: τ of accuracy {noise['tau_accuracy']['mean']:.2f}, of spikes "
        f"{noise['tau_spikes']['mean']:.2f}; best ten reach {noise['first_ten']:.2%}, all {noise['accuracy']:.2%}"
    )
