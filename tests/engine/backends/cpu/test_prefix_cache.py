"""The memo of spikes behind leading parts of paths: what it keeps, and what it counts against its bound."""

import torch

from engine.backends.cpu.evaluation import Spikes
from engine.backends.cpu.prefix_cache import OWN_BYTES, PrefixCache
from engine.cost.memory import MEMO_SHARE

ENTRY = 64 + OWN_BYTES
COUNTS = torch.zeros(4)


def spikes() -> Spikes:
    """64 bytes of bits: one small image."""
    return Spikes(torch.zeros(1, 4, 2, 4, 1, dtype=torch.int16), 16)


def test_what_an_entry_takes_besides_its_bits_counts_against_the_bound():
    memo = PrefixCache(MEMO_SHARE * ENTRY, 1)
    for number in range(1000):
        memo.keep((number,), 0, spikes(), COUNTS)
    assert len(memo.kept) == MEMO_SHARE
    assert memo.bytes == memo.limit


def test_first_come_first_kept_and_nothing_is_counted_twice():
    memo, first = PrefixCache(MEMO_SHARE * ENTRY, 1), spikes()
    memo.keep((1,), 0, first, COUNTS)
    memo.keep((1,), 0, spikes(), COUNTS)
    assert memo.find((1,), 0) == (first, COUNTS)
    assert memo.find((1,), 1) is None
    assert memo.bytes == ENTRY


def test_a_part_that_all_batches_together_would_fill_the_bound_with_is_not_kept():
    memo = PrefixCache(MEMO_SHARE * ENTRY, 2)
    memo.keep((1,), 0, spikes(), COUNTS)
    assert not memo.kept
