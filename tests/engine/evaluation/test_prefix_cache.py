"""The cache of spikes behind leading parts of paths: what it keeps, and what it counts against its bound."""

import torch

from engine.cost.memory import MEMO_SHARE
from engine.evaluation.prefix_cache import OWN_BYTES, PrefixCache

BYTES = 64
ENTRY = BYTES + OWN_BYTES


def made():
    """What a stage made of one small image; its spikes take 64 bytes."""
    return torch.zeros(1, 4, 2, 4, 1, dtype=torch.int16), torch.zeros(4)


def test_what_an_entry_takes_besides_its_bits_counts_against_the_bound():
    cache = PrefixCache(MEMO_SHARE * ENTRY, 1)
    for number in range(1000):
        cache.keep((number,), 0, made(), BYTES)
    assert len(cache.kept) == MEMO_SHARE
    assert cache.bytes == cache.limit


def test_first_come_first_kept_and_nothing_is_counted_twice():
    cache, first = PrefixCache(MEMO_SHARE * ENTRY, 1), made()
    cache.keep((1,), 0, first, BYTES)
    cache.keep((1,), 0, made(), BYTES)
    assert cache.find((1,), 0) is first
    assert cache.find((1,), 1) is None
    assert cache.bytes == ENTRY


def test_a_part_that_all_batches_together_would_fill_the_bound_with_is_not_kept():
    cache = PrefixCache(MEMO_SHARE * ENTRY, 2)
    cache.keep((1,), 0, made(), BYTES)
    assert not cache.kept


def test_what_a_back_end_does_not_want_kept_is_not_kept():
    cache = PrefixCache(MEMO_SHARE * ENTRY, 1)
    cache.keep((1,), 0, made(), None)
    assert not cache.kept
