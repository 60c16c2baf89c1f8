"""AutoSNN's evolution as the reference runs it, and against brute force on spaces small enough to enumerate."""

import random
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.config.presets import snn
from engine.config.search import SearchConfig
from engine.events import Candidate
from engine.metrics.fitness import fitness
from engine.metrics.pareto import dominates, front
from engine.search.evolution import Evolution
from engine.search.interface import Proposal, fittest
from engine.search.operators import Operators
from engine.space.architecture import Architecture, SearchSpace
from engine.space.candidates import AUTOSNN_CANDIDATES
from engine.space.macro import Layer, MacroArchitecture

ACCURACY = {"skip_connect": 0.02, "SCB_k3": 0.11, "SCB_k5": 0.15, "SRB_k3": 0.13, "SRB_k5": 0.17}
SPIKES = {"skip_connect": 1.0, "SCB_k3": 18.0, "SCB_k5": 26.0, "SRB_k3": 15.0, "SRB_k5": 24.0}
N_AVG, LAMBDA = 85.0, -0.08


def evaluated(proposal: Proposal, number: int, generation: int) -> Candidate:
    """A candidate with made-up but fixed numbers: later layers add more accuracy, spikes add up."""
    accuracy = sum(ACCURACY[b] * (1 + i / 10) for i, b in enumerate(proposal.architecture.blocks)) / 1.2
    spikes = 10 + sum(SPIKES[b] * (1 + (i % 2) / 3) for i, b in enumerate(proposal.architecture.blocks))
    return Candidate(
        id=number, generation=generation, architecture=proposal.architecture.code, accuracy=accuracy, spikes=spikes,
        firing_rate=0.1, fitness=fitness(accuracy, spikes, N_AVG, LAMBDA), parameters=1, origin=proposal.origin,
        parents=proposal.parents, changed=proposal.changed, spike_map="",
    )  # fmt: skip


def search(space: SearchSpace, config: SearchConfig, seed: int) -> list[Candidate]:
    evolution, seen = Evolution(space, config, seed), []
    for generation in range(config.generations):
        seen += [evaluated(p, len(seen) + i, generation) for i, p in enumerate(evolution.ask(generation, seen))]
    return seen


def space_of(layers: int, blocks: int) -> SearchSpace:
    macro = MacroArchitecture(layers=tuple(Layer(channels=4) for _ in range(layers)))
    return SearchSpace(macro, AUTOSNN_CANDIDATES[:blocks])


PAPER = SearchSpace(snn(16), AUTOSNN_CANDIDATES)


def test_the_paper_s_search_evaluates_400_different_architectures():
    seen = search(PAPER, SearchConfig(), seed=1)
    assert len(seen) == 400
    assert len({c.architecture for c in seen}) == 400


def test_the_first_generation_is_random_and_later_ones_descend_from_the_ten_best():
    seen = search(PAPER, SearchConfig(), seed=2)
    assert {c.origin for c in seen[:20]} == {"random"}
    for generation in range(1, 20):
        best = {c.id for c in fittest([c for c in seen if c.generation < generation], 10, "newest")}
        offspring = [c for c in seen if c.generation == generation]
        assert len(offspring) == 20
        assert sum(c.origin == "mutation" for c in offspring) <= 10
        assert sum(c.origin == "crossover" for c in offspring) <= 10
        assert all(set(c.parents) <= best for c in offspring)


def flat(config: SearchConfig, generations: int) -> list[Candidate]:
    """A search where every architecture is as fit as any other."""
    evolution, seen = Evolution(PAPER, config, 4), []
    for generation in range(generations):
        proposals = evolution.ask(generation, seen)
        born = [evaluated(p, len(seen) + i, generation) for i, p in enumerate(proposals)]
        seen += [candidate.model_copy(update={"fitness": 0.5}) for candidate in born]
    return seen


def parents_of(seen: list[Candidate], generation: int) -> set[int]:
    return {parent for c in seen if c.generation == generation for parent in c.parents}


def test_on_a_flat_landscape_the_newest_are_the_parents():
    seen = flat(SearchConfig(), 3)
    assert parents_of(seen, 1) <= set(range(10, 20))
    assert parents_of(seen, 2) <= set(range(30, 40))


def test_studies_of_before_the_choice_keep_the_oldest_as_parents():
    seen = flat(SearchConfig(ties="oldest"), 3)
    assert parents_of(seen, 1) <= set(range(10))
    assert parents_of(seen, 2) <= set(range(10))


@pytest.mark.parametrize(("ties", "order"), [("newest", [3, 1, 2, 0]), ("oldest", [1, 3, 0, 2])])
def test_of_equal_fitness_the_newest_or_the_oldest_ranks_first(ties, order):
    [one, *_] = flat(SearchConfig(), 1)
    seen = [one.model_copy(update={"id": i, "fitness": 0.5 + (i % 2) / 10}) for i in range(4)]
    assert [c.id for c in fittest(seen, 4, ties)] == order


def test_the_references_crossover_cuts_between_all_layers():
    """Children of two parents that differ everywhere tell the cut by how many blocks are the first's."""
    first, second = (Architecture((block,) * 5) for block in ("SCB_k3", "SRB_k5"))
    seen = [
        evaluated(Proposal(one, "random"), i, 0).model_copy(update={"fitness": 1.0})
        for i, one in enumerate((first, second))
    ]
    cuts = Counter[int]()
    for seed in range(700):
        operators = Operators(PAPER, set(), random.Random(seed), "all_layers")
        [child] = operators.crossovers(1, lambda: (seen[0], seen[1]))
        cuts[child.architecture.blocks.count("SCB_k3")] += 1
    expected = {1: 200, 2: 100, 3: 200, 4: 100, 5: 100}
    assert all(abs(cuts[cut] - count) < 50 for cut, count in expected.items()), cuts


def test_lineage_tells_the_truth():
    seen = search(PAPER, SearchConfig(), seed=3)
    genomes = [Architecture.from_code(c.architecture) for c in seen]
    for candidate in seen:
        genome = genomes[candidate.id]
        if candidate.origin == "random":
            assert candidate.parents == ()
            continue
        assert candidate.changed == genome.changes_from(genomes[candidate.parents[0]])
        if candidate.origin == "crossover":
            first, second = (genomes[p].blocks for p in candidate.parents)
            assert any(genome.blocks == first[:cut] + second[cut:] for cut in range(1, 5))


def test_evolution_finds_the_fittest_of_all_3125():
    best = max(evaluated(Proposal(a, "random"), 0, 0).fitness for a in PAPER.enumerate())
    found = [fittest(search(PAPER, SearchConfig(), seed), 1, "newest")[0].fitness for seed in range(5)]
    assert max(found) == best
    assert min(found) > 0.97 * best


def test_evolution_beats_random_search_of_the_same_budget():
    evolved = [fittest(search(PAPER, SearchConfig(), seed), 1, "newest")[0].fitness for seed in range(5)]
    random_only = SearchConfig(mutations=0, crossovers=0)
    random = [fittest(search(PAPER, random_only, seed), 1, "newest")[0].fitness for seed in range(5)]
    assert sum(evolved) > sum(random)


def test_a_small_space_is_exhausted_and_its_front_is_the_brute_force_front():
    space = space_of(layers=3, blocks=3)
    seen = search(space, SearchConfig(generations=5, population=7, parents=3, mutations=3, crossovers=3), seed=0)
    assert len(seen) == space.size == 27
    points = [(c.accuracy, c.spikes) for c in seen]
    brute = {c.architecture for c, p in zip(seen, points, strict=True) if not any(dominates(q, p) for q in points)}
    assert {seen[i].architecture for i in front(points)} == brute


@settings(deadline=None, max_examples=25)
@given(layers=st.integers(1, 4), blocks=st.integers(1, 4), population=st.integers(2, 9), seed=st.integers(0, 99))
def test_no_architecture_is_evaluated_twice_and_no_pool_hangs(layers, blocks, population, seed):
    space = space_of(layers, blocks)
    half = population // 2
    config = SearchConfig(generations=4, population=population, parents=2, mutations=half, crossovers=half)
    seen = search(space, config, seed)
    assert len({c.architecture for c in seen}) == len(seen) == min(space.size, 4 * population)


def test_the_candidates_seen_are_the_only_state():
    config = SearchConfig(generations=3)
    seen = search(PAPER, config, seed=5)
    again = Evolution(PAPER, config, 5).ask(2, seen[:40])
    assert [p.architecture.code for p in again] == [c.architecture for c in seen[40:]]
