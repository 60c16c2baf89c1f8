"""Splits and subsets: nothing lost, nothing twice, classes kept, the same for the same seed."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from engine.data.splits import balanced_subset, contiguous, stratified

labelled = st.lists(st.integers(0, 4), min_size=5, max_size=80).map(lambda values: np.array(values, np.int64))
fractions = st.floats(0.05, 0.5)


@given(labelled, fractions, st.integers(0, 9))
def test_a_stratified_split_parts_every_class_by_the_fraction(labels, fraction, seed):
    rest, part = stratified(labels, fraction, np.random.default_rng(seed))
    assert sorted([*rest, *part]) == list(range(len(labels)))
    for label in np.unique(labels):
        members = int((labels == label).sum())
        held_out = max(1, round(members * fraction)) if members > 1 else 0
        assert int((labels[part] == label).sum()) == held_out


def test_a_classs_only_image_is_for_training_and_moves_no_other_class():
    pairs = np.repeat(np.arange(10), 2)
    alone = np.append(pairs, 10)
    rest, part = stratified(alone, 0.5, np.random.default_rng(7))
    without = stratified(pairs, 0.5, np.random.default_rng(7))
    assert np.array_equal(rest, [*without[0], 20])
    assert np.array_equal(part, without[1])


def test_splits_of_published_seeds_stay_as_they_were():
    rest, part = stratified(np.arange(40) % 4, 0.2, np.random.default_rng(1))
    assert part.tolist() == [1, 3, 5, 6, 14, 16, 31, 32]
    assert len(rest) == 32


def test_another_seed_splits_otherwise_and_the_same_seed_alike():
    labels = np.repeat(np.arange(10), 50)
    first, again, other = (stratified(labels, 0.2, np.random.default_rng(seed))[1] for seed in (1, 1, 2))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


@given(labelled, fractions)
def test_a_contiguous_split_takes_the_last_by_index(labels, fraction):
    first, last = contiguous(labels, fraction)
    assert [*first, *last] == list(range(len(labels)))
    assert len(last) == round(len(labels) * fraction)


def test_the_papers_split_of_cifar10():
    first, last = contiguous(np.zeros(50_000, np.int64), 0.2)
    assert (len(first), len(last), int(last[0])) == (40_000, 10_000, 40_000)


@given(labelled, st.integers(1, 90), st.integers(0, 9))
def test_a_subset_is_as_even_as_the_classes_allow(labels, count, seed):
    chosen = balanced_subset(labels, count, np.random.default_rng(seed))
    assert len(chosen) == len(set(chosen)) == min(count, len(labels))
    taken = {label: int((labels[chosen] == label).sum()) for label in np.unique(labels)}
    not_exhausted = [n for label, n in taken.items() if n < int((labels == label).sum())]
    # a class that still has images left holds at most one fewer than any other
    assert all(max(taken.values()) - n <= 1 for n in not_exhausted)
