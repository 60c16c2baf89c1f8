"""The paths of supernet training: the ones the trainer takes, and how often they trained each block."""

from engine.config.presets import PRESETS
from engine.search.path_sampling import MOST_COUNTED, batch_count, block_counts, path_of
from engine.seeds import generator

CONFIG = PRESETS["quick-look"].config


def test_a_path_is_the_study_s_own_draw():
    for step in (0, 1, 17):
        assert path_of(CONFIG, step) == CONFIG.space.sample(generator(CONFIG.seed, "supernet/path", step))


def test_every_batch_trains_one_block_a_layer():
    found = block_counts(CONFIG, 1151, 3)
    assert found.steps == found.counted == 3 * batch_count(1151, CONFIG.supernet.batch_size)
    assert len(found.layers) == 3
    for counts in found.layers:
        assert list(counts) == ["S", "C3", "C5", "R3", "R5"]
        assert sum(counts.values()) == found.steps
    by_hand = [path_of(CONFIG, step).blocks[1] for step in range(found.steps)].count("SCB_k5")
    assert found.layers[1]["C5"] == by_hand


def test_a_long_training_is_counted_in_part():
    found = block_counts(CONFIG, 40_000, 600)
    assert found.counted <= MOST_COUNTED < found.steps
    assert sum(found.layers[0].values()) == found.counted


def test_a_last_batch_of_one_is_left_out():
    assert [batch_count(n, 32) for n in (32, 33, 34, 64)] == [1, 1, 2, 2]
