"""Every search behind the one interface: nothing is evaluated twice, it ends, and candidates are its only state."""

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.config.parse import parse_config
from engine.config.presets import PRESETS
from engine.config.search import MAX_EXHAUSTIVE, SearchConfig
from engine.config.study import StudyConfig
from engine.cost.estimate import estimate
from engine.errors import ConfigError
from engine.events import Candidate
from engine.metrics.pareto import dominates, front, hypervolume
from engine.search import nsga2
from engine.search.build import build_search
from engine.search.interface import fittest
from engine.search.nsga2 import Nsga2, survive
from tests.engine.search.test_evolution import evaluated
from tests.engine.test_study import collect, run_in_pieces
from tests.engine.tiny import tiny_config

ALGORITHMS = ("evolution", "random_search", "random_sampling", "exhaustive", "nsga2")


def study(algorithm: str, preset: str = "quick-look", **search: object) -> StudyConfig:
    config = PRESETS[preset].config
    settled = SearchConfig.model_validate({**config.search.model_dump(), **search, "algorithm": algorithm})
    return config.model_copy(update={"search": settled})


def run_search(config: StudyConfig) -> list[Candidate]:
    search, seen = build_search(config), []
    for generation in range(config.generations):
        seen += [evaluated(p, len(seen) + i, generation) for i, p in enumerate(search.ask(generation, seen))]
    return seen


def points(candidates: Sequence[Candidate]) -> list[tuple[float, float]]:
    return [(c.accuracy, c.spikes) for c in candidates]


@pytest.mark.parametrize("algorithm", ALGORITHMS)
@given(population=st.integers(2, 40), generations=st.integers(1, 6), seed=st.integers(0, 3))
@settings(max_examples=12, deadline=None)
def test_nothing_is_evaluated_twice_and_the_budget_is_kept(algorithm, population, generations, seed):
    half = population // 2
    sizes = {"parents": 2, "mutations": half, "crossovers": half}
    config = study(algorithm, population=population, generations=generations, **sizes)
    seen = run_search(config.model_copy(update={"seed": seed}))
    codes = [c.architecture for c in seen]
    assert len(codes) == len(set(codes)) == estimate(config).budget
    assert all(c.architecture in {a.code for a in config.space.enumerate()} for c in seen[:5])


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_the_candidates_seen_are_the_only_state(algorithm):
    config = study(algorithm, "paper-cifar10", generations=4)
    seen = run_search(config)
    for generation in range(min(config.generations, 4)):
        before = [c for c in seen if c.generation < generation]
        born = [c.architecture for c in seen if c.generation == generation]
        assert [p.architecture.code for p in build_search(config).ask(generation, before)] == born


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_lineage_tells_the_truth(algorithm):
    seen = run_search(study(algorithm, "paper-cifar10", generations=5))
    bred = {"random", "mutation", "crossover"}
    expected = {"evolution": bred, "nsga2": bred, "exhaustive": {"enumerated"}}
    assert {c.origin for c in seen} == expected.get(algorithm, {"random"})
    for c in seen:
        assert len(c.parents) == {"mutation": 1, "crossover": 2}.get(c.origin, 0)
        for parent in c.parents:
            assert seen[parent].generation < c.generation
        if c.parents:
            genes = zip(c.architecture.split("-"), seen[c.parents[0]].architecture.split("-"), strict=True)
            assert c.changed == tuple(i for i, (a, b) in enumerate(genes) if a != b)


def test_exhaustive_search_evaluates_the_whole_space_and_finds_its_exact_front():
    config = study("exhaustive", population=30)
    seen = run_search(config)
    assert config.generations == 5  # 125 = 4 · 30 + 5
    assert [c.architecture for c in seen] == [a.code for a in config.space.enumerate()]
    found = {seen[i].architecture for i in front(points(seen))}
    brute = {c.architecture for c in seen if not any(dominates(p, (c.accuracy, c.spikes)) for p in points(seen))}
    assert found == brute


def test_an_exhaustive_search_of_too_large_a_space_is_refused():
    document = PRESETS["snn-3"].config.model_dump(mode="json")
    document["search"]["algorithm"] = "exhaustive"
    with pytest.raises(ConfigError, match=rf"search\.algorithm: .* at most {MAX_EXHAUSTIVE:,} .* has 390,625"):
        parse_config(document)


def test_random_sampling_is_one_generation_of_the_papers_ten():
    seen = run_search(study("random_sampling", "paper-cifar10", population=10))
    assert len(seen) == 10
    assert {c.generation for c in seen} == {0}


def brute_force_ranks(values: list[tuple[float, float]]) -> list[int]:
    """Front numbers by taking the non-dominated away, again and again."""
    left, ranks, rank = set(range(len(values))), [0] * len(values), 0
    while left:
        best = {i for i in left if not any(dominates(values[j], values[i]) for j in left)}
        for i in best:
            ranks[i] = rank
        left, rank = left - best, rank + 1
    return ranks


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=2, max_size=25), st.integers(1, 25))
@settings(max_examples=60, deadline=None)
def test_survivors_are_of_the_best_fronts(grid, count):
    """Against fronts peeled one by one: none of a later front survives while one of an earlier front does not."""
    template = run_search(study("random_sampling", population=2))[0]
    pool = [
        template.model_copy(update={"id": i, "accuracy": a / 10, "spikes": float(s)}) for i, (a, s) in enumerate(grid)
    ]
    ranks = brute_force_ranks([(c.accuracy, c.spikes) for c in pool])
    kept = survive(pool, count, np.random.default_rng(0))
    assert len(kept) == len({s.candidate.id for s in kept}) == min(count, len(pool))
    assert all(s.rank == ranks[s.candidate.id] for s in kept)
    others = set(range(len(pool))) - {s.candidate.id for s in kept}
    if others:
        assert max(s.rank for s in kept) <= min(ranks[i] for i in others)


def test_nsga2_keeps_the_ends_of_the_front_and_its_hypervolume_never_falls():
    config = study("nsga2", "paper-cifar10")
    seen = run_search(config)
    volumes = [hypervolume(points([c for c in seen if c.generation <= g]), 200.0) for g in range(config.generations)]
    assert volumes == sorted(volumes)
    assert volumes[-1] > volumes[0]
    last = survive(seen, config.search.population, np.random.default_rng(0))
    kept = {(s.candidate.accuracy, s.candidate.spikes) for s in last}
    ends = points([seen[i] for i in front(points(seen))])
    assert {ends[0], ends[-1]} <= kept


def survivors_of(search: Nsga2, seen: Sequence[Candidate]) -> list[tuple[int, int, float]]:
    return [(s.candidate.id, s.rank, s.crowding) for s in search.survivors(seen)]


def new_nsga2(config: StudyConfig) -> Nsga2:
    return Nsga2(config.space, config.search, config.seed)


@given(
    population=st.integers(2, 12),
    seed=st.integers(0, 3),
    asked=st.lists(st.integers(0, 60), min_size=1, max_size=8),
    whole=st.booleans(),
)
@settings(max_examples=30, deadline=None)
def test_nsga2_remembers_the_population_that_a_replay_gives(population, seed, asked, whole):
    """Whatever one search was given before: fewer, more, a part of a generation, or another study's candidates."""
    half = population // 2
    config = study("nsga2", generations=5, population=population, parents=2, mutations=half, crossovers=half)
    config = config.model_copy(update={"seed": seed})
    seen, others = run_search(config), run_search(config.model_copy(update={"seed": seed + 1}))
    search = new_nsga2(config)
    for count in asked:
        known = seen[: count // population * population if whole else count]
        assert survivors_of(search, known) == survivors_of(new_nsga2(config), known)
    assert survivors_of(search, others) == survivors_of(new_nsga2(config), others)


def test_nsga2_selects_the_survivors_of_each_generation_once(monkeypatch):
    pools = []
    monkeypatch.setattr(nsga2, "survive", lambda pool, *rest: pools.append(len(pool)) or survive(pool, *rest))
    config = study("nsga2", "paper-cifar10", generations=6)
    run_search(config)
    assert len(pools) == 5


def test_nsga2_comes_closer_to_the_exact_front_than_random_search():
    def volume(algorithm: str) -> float:
        return hypervolume(points(run_search(study(algorithm, "paper-cifar10"))), 200.0)

    exact = volume("exhaustive")
    assert exact - volume("nsga2") < exact - volume("random_search")


def test_evolution_finds_a_fitter_one_than_random_sampling():
    def best(algorithm: str) -> float:
        return fittest(run_search(study(algorithm, "paper-cifar10")), 1, "newest")[0].fitness

    assert best("evolution") > best("random_sampling")


@pytest.mark.parametrize("algorithm", ["exhaustive", "nsga2", "random_sampling"])
def test_a_whole_study_with_it_survives_every_interruption(algorithm, tmp_path):
    tiny = tiny_config()
    config = tiny.model_copy(update={"search": tiny.search.model_copy(update={"algorithm": algorithm})})
    expected, _ = collect(config, tmp_path / "whole")
    finished = [event for event in expected if event["kind"] == "generation_finished"]
    assert [event["generation"] for event in finished] == list(range(config.generations))
    assert finished[0]["generations"] == config.generations
    pieces, _ = run_in_pieces(config, tmp_path / "pieces")
    assert pieces == expected
