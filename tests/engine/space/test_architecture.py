"""The algebra of search spaces: sizes of the paper's, positions, genomes, mutation and crossover."""

import random
from collections import Counter
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from engine.blocks.registry import BLOCKS
from engine.config.presets import PRESETS, snn
from engine.errors import ArchitectureError
from engine.space.architecture import Architecture, SearchSpace, genome_strip
from engine.space.candidates import AUTOSNN_CANDIDATES
from engine.space.macro import Layer, MacroArchitecture

SPACE = SearchSpace(snn(16), AUTOSNN_CANDIDATES)
indices = st.integers(0, SPACE.size - 1)
seeds = st.integers(0, 2**32)


@pytest.mark.parametrize(
    ("preset", "size"), [("paper-cifar10", 5**5), ("snn-2", 3125), ("snn-3", 390_625), ("snn-4", 3125)]
)
def test_the_papers_spaces_have_the_papers_sizes(preset, size):
    assert PRESETS[preset].config.space.size == size


@given(indices)
def test_at_and_index_are_inverse(index):
    assert SPACE.index(SPACE.at(index)) == index


def test_a_layers_own_blocks_are_named_once_each():
    with pytest.raises(ValidationError, match="must name each block once, SRB_k3 is named 2 times"):
        Layer(candidates=("SRB_k3", "skip_connect", "SRB_k3"))


def test_enumeration_holds_every_architecture_once_in_the_order_of_their_positions():
    every = list(SPACE.enumerate())
    assert len(set(every)) == SPACE.size
    assert every[77] == SPACE.at(77)


@given(st.lists(st.sampled_from(sorted(BLOCKS)), min_size=1, max_size=12))
def test_a_genome_reads_back(blocks):
    architecture = Architecture(tuple(blocks))
    assert Architecture.from_code(architecture.code) == architecture


def test_a_foreign_genome_is_refused_by_name():
    with pytest.raises(ArchitectureError, match="'X9' is not one of"):
        Architecture.from_code("R5-X9")


@given(indices, seeds)
def test_a_mutant_stays_in_the_space_and_with_certainty_changes_every_layer(index, seed):
    parent = SPACE.at(index)
    rng = random.Random(seed)
    assert SPACE.mutate(parent, 0.0, rng) == parent
    child = SPACE.mutate(parent, 1.0, rng)
    assert child in SPACE
    assert child.changes_from(parent) == (0, 1, 2, 3, 4)


@given(indices, indices, seeds)
def test_a_child_of_crossover_is_one_parents_head_and_the_others_tail(first, second, seed):
    a, b = SPACE.at(first), SPACE.at(second)
    cut = SPACE.draw_cut(random.Random(seed))
    assert cut in range(1, 5)
    assert SPACE.cross_over(a, b, cut).blocks == a.blocks[:cut] + b.blocks[cut:]


def shares(draw: Callable[[random.Random], int], seed: int = 0) -> dict[int, float]:
    """How often each cut is drawn, in 70,000 draws: 0.002 is a standard error."""
    rng = random.Random(seed)
    counts = Counter(draw(rng) for _ in range(70_000))
    return {cut: count / 70_000 for cut, count in sorted(counts.items())}


def test_our_cuts_between_the_searched_layers_of_snn_1_are_a_quarter_each():
    assert shares(SPACE.draw_cut) == pytest.approx({1: 1 / 4, 2: 1 / 4, 3: 1 / 4, 4: 1 / 4}, abs=0.01)


def test_the_references_cuts_of_snn_1_are_those_of_its_eight_layers():
    # searched m searched searched m searched searched m: places 1 2 | 3 | 4 5 | 6 | 7 have 1 2 3 4 5 searched before
    expected = {1: 2 / 7, 2: 1 / 7, 3: 2 / 7, 4: 1 / 7, 5: 1 / 7}
    assert shares(SPACE.draw_cut_of_all_layers) == pytest.approx(expected, abs=0.01)


def test_without_pools_both_draw_the_same_cuts():
    space = PRESETS["snn-3"].config.space
    drawn = [(space.draw_cut(random.Random(i)), space.draw_cut_of_all_layers(random.Random(i))) for i in range(50)]
    assert all(ours == theirs for ours, theirs in drawn)


def test_one_searched_layer_has_no_cut_but_behind_it():
    alone = SearchSpace(MacroArchitecture(layers=(Layer(channels=4),)), ("SCB_k3", "SRB_k3"))
    assert (alone.draw_cut(random.Random(0)), alone.draw_cut_of_all_layers(random.Random(0))) == (1, 1)


def test_autosnns_architecture_reads_as_the_paper_prints_it():
    assert genome_strip(SPACE.macro, Architecture.from_code("R5-R5-S-R3-R5")) == "R5 | R5 S | R3 R5"
