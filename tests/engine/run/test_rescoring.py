"""Candidates under another λ: fitness is the formula's, and it is told which generations were found under which."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.analysis.scored_anew import scored_anew as words
from engine.events import Candidate, FoundUnder
from engine.metrics.fitness import fitness
from engine.run.rescoring import rescored, rescored_generations, scored_anew
from tests.engine.tiny import tiny_config

NUMBERS = st.tuples(st.floats(0, 1), st.integers(0, 10**6))


def candidate(number, accuracy, spikes, value=0.5, generation=0):
    return Candidate(
        id=number, generation=generation, architecture="S-S", accuracy=accuracy, spikes=spikes, firing_rate=0.1,
        fitness=value, parameters=1, origin="random", parents=(), changed=(), spike_map="",
    )  # fmt: skip


def under(exponent):
    config = tiny_config()
    return config.model_copy(update={"search": config.search.model_copy(update={"fitness_lambda": exponent})})


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(NUMBERS, max_size=5), st.integers(0, 10**6), st.floats(-2, 0))
def test_fitness_anew_is_what_fitness_gives_and_all_else_stays(numbers, average, exponent):
    seen = [candidate(i, *pair) for i, pair in enumerate(numbers)]
    found = rescored(seen, average, under(exponent).search)
    assert [one.fitness for one in found] == [fitness(a, n, average, exponent) for a, n in numbers]
    assert [one.model_copy(update={"fitness": 0.5}) for one in found] == seen


def test_best_and_parents_of_each_generation_are_ranked_anew():
    """N_avg = 100. λ = 0: fitness is accuracy, 0.9 first. λ = −1: 0.9·(200/100)^−1 = 0.45 is behind 0.8·2 = 1.6."""
    generations = [
        {"kind": "generation_finished", "candidates": [vars(candidate(0, 0.9, 200.0))], "best": 0, "parents": [0]},
        {"kind": "generation_finished", "candidates": [vars(candidate(1, 0.8, 50.0))], "best": 0, "parents": [0, 1]},
    ]
    events = [{"kind": "supernet_finished", "average_spikes": 100.0}, *generations]
    found = rescored_generations(events, under(-1.0))[1:]
    assert [(event["best"], event["parents"]) for event in found] == [(0, [0]), (1, [1, 0])]
    assert [event["candidates"][0]["fitness"] for event in found] == [0.45, 1.6]


@pytest.mark.parametrize(
    ("before", "own", "kept", "now", "found"),
    [
        ([], -0.1, 3, -0.2, [(3, -0.1)]),
        ([], -0.1, 3, -0.1, []),
        ([], -0.1, 0, -0.2, []),
        ([(2, -0.1)], -0.2, 5, -0.3, [(2, -0.1), (5, -0.2)]),
        ([(2, -0.1)], -0.2, 5, -0.2, [(2, -0.1), (5, -0.2)]),
        ([(2, -0.1)], -0.2, 2, -0.2, [(2, -0.1)]),
        ([(2, -0.1)], -0.2, 1, -0.1, []),
        ([(2, -0.1), (4, -0.2)], -0.2, 6, -0.1, [(2, -0.1), (6, -0.2)]),
    ],
)
def test_a_fork_says_under_which_lambda_each_kept_generation_was_found(before, own, kept, now, found):
    entries = [FoundUnder(generations=g, fitness_lambda=v) for g, v in before]
    told = scored_anew(entries, under(own), kept, under(now))
    assert [(one.generations, one.fitness_lambda) for one in told] == found


def test_in_words_only_what_was_found_under_another_lambda_is_named():
    found = [FoundUnder(generations=g, fitness_lambda=v) for g, v in [(1, -0.1), (3, -0.2), (6, 0.0)]]
    assert words(found, -0.2) == (
        "generation 1 was found under λ = -0.1 and generations 4 to 6 were found under λ = 0; scored anew under "
        "λ = -0.2."
    )
    assert words([], -0.2) == ""
