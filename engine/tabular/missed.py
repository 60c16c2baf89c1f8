"""What a search missed of the exact Pareto front, and of the best fitness."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from engine.metrics.pareto import front
from engine.tabular.regret import Repetition
from engine.tabular.table import Table


def median_run(runs: Sequence[Repetition]) -> Repetition:
    """The run of median final regret; of an even number the better one in the middle, of equal ones the first."""
    order = sorted(runs, key=lambda run: (run.regret[-1], run.seed))
    return order[(len(order) - 1) // 2]


def missed(table: Table, runs: Sequence[Repetition], exponent: float) -> dict[str, Any]:
    """Members of the exact front with the share of runs that evaluated and that kept them, and the median run's misses.

    A member is kept where it is on the front of what the search saw. `gap` is the best exact fitness minus that of the
    median run's winner.
    """
    middle = median_run(runs)
    evaluated, kept = [_evaluated(run) for run in runs], [_kept(run) for run in runs]
    members = table.front()
    return {
        "front": [
            {
                "genome": genome,
                "evaluated": sum(genome in each for each in evaluated) / len(runs),
                "kept": sum(genome in each for each in kept) / len(runs),
            }
            for genome in members
        ],
        "median_run": {
            "seed": middle.seed,
            "evaluations": len(middle.candidates),
            "not_evaluated": [genome for genome in members if genome not in _evaluated(middle)],
            "not_kept": [genome for genome in members if genome not in _kept(middle)],
            "winner": middle.winner,
            "best": table.best(exponent),
            "gap": table.gap(middle.winner, exponent),
            "rank": table.rank(middle.winner, exponent),
        },
    }


def _evaluated(run: Repetition) -> set[str]:
    return {candidate.architecture for candidate in run.candidates}


def _kept(run: Repetition) -> set[str]:
    points = [(candidate.accuracy, candidate.spikes) for candidate in run.candidates]
    return {run.candidates[i].architecture for i in front(points)}
