"""The space's statistics against every architecture, one by one, on random small spaces."""

import random
import statistics
import time
from itertools import product

import pytest

from engine.blocks.registry import BLOCKS
from engine.config.presets import PRESETS
from engine.config.study import StudyConfig
from engine.cost.combination_sums import extent
from engine.cost.space_statistics import space_statistics
from engine.space.shapes import layer_specs

QUICK = PRESETS["quick-look"].config


def random_small(seed: int) -> StudyConfig:
    """At most 4 searched layers of at most 4 candidates, pools between, sometimes of stride 2, GAP or an own list."""
    rng = random.Random(seed)
    names = sorted(BLOCKS)
    layers: list[dict] = []
    for _ in range(rng.randint(1, 4)):
        stride = rng.choice([1, 1, 2]) if not any(layer["stride"] == 2 for layer in layers) else 1
        own = tuple(rng.sample(names, rng.randint(1, 3))) if rng.random() < 0.4 else None
        layers.append({"kind": "search", "channels": rng.choice([2, 4, 6]), "stride": stride, "candidates": own})
    layers.insert(rng.randint(0, len(layers)), {"kind": rng.choice(["max_pool", "avg_pool"]), "stride": 2})
    document = QUICK.model_dump()
    document["network"] |= {
        "candidates": tuple(rng.sample(names, rng.randint(1, 4))),
        "time_steps": rng.randint(1, 6),
        "macro": {
            "stem_channels": rng.choice([2, 4]),
            "layers": layers,
            "global_average_pooling": rng.random() < 0.5,
            "votes_per_class": rng.choice([1, 10]),
        },
    }
    document["data"]["encoding"] = rng.choice(["direct", "rate"])
    return StudyConfig.model_validate(document)


@pytest.mark.parametrize("seed", range(20))
def test_least_median_and_most_are_those_of_every_architecture(seed):
    config = random_small(seed)
    walks = [
        layer_specs(config.network.macro, a, config.input, config.neuron_parameters) for a in config.space.enumerate()
    ]
    assert len(walks) == config.space.size
    found = space_statistics(config)
    for quantity, extent_ in (("parameters", found.parameters), ("macs", found.macs)):
        sums = [sum(getattr(row, quantity) for row in walk) for walk in walks]
        assert (extent_.least, extent_.median, extent_.most) == (min(sums), statistics.median_low(sums), max(sums))
    runs = 1 if config.data.encoding == "direct" else config.network.time_steps
    synops = [
        walk[0].macs * runs + 0.25 * config.network.time_steps * sum(row.macs for row in walk[1:]) for walk in walks
    ]
    assert found.synops(0.25) == pytest.approx((min(synops), statistics.median_low(synops), max(synops)), rel=1e-12)


@pytest.mark.parametrize("seed", range(20))
def test_sums_of_any_lists_are_counted_exactly(seed):
    rng = random.Random(seed)
    choices = tuple(
        tuple(rng.choice([1, 5, rng.randint(0, 10**12)]) for _ in range(rng.randint(1, 4))) for _ in "12345"
    )
    sums = [7 + sum(picked) for picked in product(*choices)]
    found = extent(7, choices)
    assert (found.least, found.median, found.most) == (min(sums), statistics.median_low(sums), max(sums))


def test_a_space_past_64_bits_has_an_exact_median_by_symmetry():
    found = extent(0, (tuple(range(19)),) * 32)  # 19³² combinations, symmetric about their middle
    assert (found.least, found.median, found.most) == (0, 32 * 9, 32 * 18)


def test_a_space_with_too_many_sums_says_so_and_keeps_its_extremes():
    rng = random.Random(1)
    choices = tuple(tuple(rng.randrange(10**15) for _ in range(19)) for _ in range(20))
    found = extent(0, choices)
    assert found.median is None
    assert (found.least, found.most) == (sum(map(min, choices)), sum(map(max, choices)))


def test_every_preset_s_space_is_counted_while_one_types():
    for preset in PRESETS.values():
        extent.cache_clear()
        started = time.perf_counter()
        found = space_statistics(preset.config)
        assert found.macs.median is not None
        assert time.perf_counter() - started < 2, preset.key
