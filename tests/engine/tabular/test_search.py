"""Searches on a table: what they are shown, what they find, regret, and what they missed, by hand."""

import numpy as np
import pytest

from engine.config.search import SearchConfig
from engine.errors import MeasureError
from engine.events import Candidate
from engine.search.interface import fittest
from engine.tabular.guide import guide
from engine.tabular.missed import median_run, missed
from engine.tabular.regret import Repetition, regret, repetitions, spread
from engine.tabular.search import run, searching
from tests.engine.tabular.made import ACCURACY, GENOMES, SPIKES, made, study


def settings(**changes: object) -> SearchConfig:
    return SearchConfig.model_validate(study().search.model_dump() | changes)


def candidate(number: int, genome: str, fitness: float) -> Candidate:
    return Candidate(
        id=number, generation=0, architecture=genome, accuracy=ACCURACY[genome], spikes=SPIKES[genome], firing_rate=0,
        fitness=fitness, parameters=1, origin="random", parents=(), changed=(), spike_map="",
    )  # fmt: skip


def test_a_guide_shows_one_seed_or_the_mean():
    table = made()
    assert guide(table, "validation", 0).accuracy.tolist() == pytest.approx(list(ACCURACY.values()))
    assert guide(table, "validation", 1).accuracy[0] == pytest.approx(0.9)
    assert guide(table, "validation").accuracy.tolist() == pytest.approx([0.7] * 9)
    assert guide(table, "supernet", 0).accuracy[8] == pytest.approx(0.45)
    assert guide(table, "supernet", 0).average_spikes == pytest.approx(sum(SPIKES.values()) / 9)
    with pytest.raises(MeasureError, match="seed: by-hand has 0, 1, got 2"):
        guide(table, "validation", 2)


@pytest.mark.parametrize("algorithm", ["evolution", "random_search", "random_sampling", "exhaustive", "nsga2"])
def test_every_search_runs_on_a_table_and_asks_for_nothing_twice(algorithm):
    table, config = made(), searching(made(), settings(algorithm=algorithm, generations=4), seed=3)
    found = run(table, guide(table, "validation", 0), config)
    genomes = [each.architecture for each in found]
    assert len(genomes) == len(set(genomes)) == (4 if algorithm == "random_sampling" else 9)
    assert [each.id for each in found] == list(range(len(found)))
    assert all(each.accuracy == pytest.approx(ACCURACY[each.architecture]) for each in found)
    assert found == run(table, guide(table, "validation", 0), config), "the seed decides"


def test_an_exhaustive_search_that_sees_the_truth_finds_the_best():
    table = made()
    config = searching(table, settings(algorithm="exhaustive", fitness_lambda=0.0), seed=0)
    assert fittest(run(table, guide(table, "validation", 0), config), 1, "newest")[0].architecture == table.best(0.0)


def test_regret_follows_what_the_search_believes():
    exact = {"S-S": 0.5, "C3-S": 0.9, "R3-S": 0.7}
    seen = [candidate(0, "S-S", 0.1), candidate(1, "C3-S", 0.3), candidate(2, "R3-S", 0.4)]
    # it believes in S-S, then in C3-S, the best, and then in R3-S, which is worse than it looks
    assert regret(exact, seen).tolist() == pytest.approx([0.4, 0.0, 0.2])


def test_repetitions_take_the_seeds_in_turn():
    runs = repetitions(made(), settings(algorithm="exhaustive", fitness_lambda=0.0), "validation", 3)
    assert [(each.seed, each.guide_seed) for each in runs] == [(0, 0), (1, 1), (2, 0)]
    assert (runs[0].winner, runs[0].regret[-1]) == ("R3-R3", 0)
    assert (runs[1].winner, runs[1].regret[-1]) == ("S-S", pytest.approx(0.4)), "seed 1 shows the reverse"
    with pytest.raises(MeasureError, match="repetitions: must be 1 to 10,000, got 0"):
        repetitions(made(), settings(), "validation", 0)


def repetition(seed: int, genomes: tuple[str, ...], *curve: float) -> Repetition:
    seen = tuple(candidate(i, genome, ACCURACY[genome]) for i, genome in enumerate(genomes))
    return Repetition(seed, 0, seen, np.array(curve))


def test_a_spread_keeps_the_last_regret_of_a_shorter_run():
    found = spread([repetition(0, ("S-S",), 0.4), repetition(1, ("S-S", "R3-R3"), 0.2, 0.0)])
    assert found["mean"] == pytest.approx([0.3, 0.2])
    assert found["median"] == pytest.approx([0.3, 0.2])
    assert found["deviation"] == pytest.approx([0.1 * 2**0.5, 0.2 * 2**0.5])  # √(2 · 0.1² ÷ 1), √(2 · 0.2² ÷ 1)


def test_the_median_run_is_that_of_the_middle_regret():
    runs = [repetition(k, ("S-S",), value) for k, value in enumerate((0.3, 0.1, 0.2, 0.4))]
    assert median_run(runs).seed == 2, "the better of 0.2 and 0.3"


def test_what_a_search_missed_by_hand():
    table = made()
    runs = [
        repetition(0, ("S-S", "R3-R3"), 0.4, 0.0),
        repetition(1, ("S-S", "S-C3", "C3-R3"), 0.4, 0.3, 0.1),
        repetition(2, ("S-S", "S-C3"), 0.4, 0.3),
    ]
    found = missed(table, runs, 0.0)
    front = {each["genome"]: (each["evaluated"], each["kept"]) for each in found["front"]}
    assert tuple(front) == tuple(table.front())
    assert front["S-S"] == (1.0, 1.0)
    assert front["R3-R3"] == (pytest.approx(1 / 3), pytest.approx(1 / 3))
    middle = found["median_run"]
    assert (middle["seed"], middle["evaluations"], middle["winner"], middle["best"]) == (1, 3, "C3-R3", "R3-R3")
    assert middle["not_evaluated"] == ["C3-S", "R3-S", "C3-C3", "S-R3", "R3-C3", "R3-R3"]
    assert (middle["gap"], middle["rank"]) == (pytest.approx(0.1), 2)


def test_a_search_that_judged_all_missed_nothing_it_saw_rightly():
    runs = repetitions(made(), settings(algorithm="exhaustive"), "validation", 1)
    middle = missed(made(), runs, study().search.fitness_lambda)["median_run"]
    assert (middle["not_evaluated"], middle["not_kept"]) == ([], [])
    assert tuple(GENOMES) == tuple(each.architecture for each in runs[0].candidates)
