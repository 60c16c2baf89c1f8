"""What a new config is refused for and a stored one is not: what a pool cannot have, a cutout larger than the image."""

import json
from pathlib import Path
from typing import Any

import pytest

from engine.config.parse import parse_config, parse_stored
from engine.config.presets import PRESETS
from engine.errors import ConfigError
from engine.run.fork import changed_config

DEMO = Path(__file__).resolve().parents[3] / "webapp" / "demo" / "quick_look.json"
QUICK = PRESETS["quick-look"].config
POOL = 1
"""The place of quick look's first pool."""


def document(**pool: Any) -> dict[str, Any]:
    """Quick look, its first pool with other fields."""
    found = json.loads(QUICK.canonical())
    found["network"]["macro"]["layers"][POOL] |= pool
    return found


def cutout(part: str, side: int) -> dict[str, Any]:
    found = json.loads(QUICK.canonical())
    found[part]["cutout"] = side
    return found


def lines(found: dict[str, Any]) -> list[str]:
    with pytest.raises(ConfigError) as refused:
        parse_config(found)
    return refused.value.problems


@pytest.mark.parametrize("kind", ["max_pool", "avg_pool"])
@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("channels", 99, "a pool keeps the channels of its input; leave it empty, got 99"),
        ("candidates", ["SCB_k3", "skip_connect"], "a pool has no candidate blocks; leave it empty, got SCB_k3, skip_"),
        ("stride", 1, "a 2×2 pool has stride 2, got 1"),
    ],
)
def test_a_pool_has_nothing_to_choose(kind, field, value, message):
    [line] = lines(document(kind=kind, **{field: value}))
    assert line.startswith(f"network.macro.layers.{POOL}.{field}: {message}")


def test_every_wrong_field_is_named():
    assert len(lines(document(stride=1, channels=99))) == 2


def test_a_pool_without_a_stride_has_a_pool_s_and_one_digest():
    found = document()
    del found["network"]["macro"]["layers"][POOL]["stride"]
    assert parse_config(found).digest() == QUICK.digest()


def test_a_searched_layer_keeps_its_own_default():
    found = document(kind="search", channels=8)
    del found["network"]["macro"]["layers"][POOL]["stride"]
    assert parse_config(found).network.macro.layers[POOL].stride == 1


@pytest.mark.parametrize("part", ["supernet", "retrain"])
def test_a_cutout_is_at_most_the_image(part):
    size = QUICK.data.image_size
    assert lines(cutout(part, 64)) == [f"{part}.cutout: must be at most the image size {size}, got 64"]
    assert lines(cutout(part, size + 1))
    assert parse_config(cutout(part, size))


def test_an_arm_s_own_recipe_and_data_count():
    found = json.loads(PRESETS["digits-blocks"].config.canonical())
    arms = found["analysis"]["arms"]
    arms[1]["retrain"] = found["retrain"] | {"cutout": 20}
    arms[2]["network"]["macro"]["layers"][POOL]["channels"] = 4
    assert [line.partition(":")[0] for line in lines(found)] == [
        f"analysis.arms.2.network.macro.layers.{POOL}.channels", "analysis.arms.1.retrain.cutout",
    ]  # fmt: skip


def test_the_study_s_recipe_is_bounded_by_an_arm_s_own_data():
    found = json.loads(PRESETS["digits-blocks"].config.canonical())
    found["retrain"]["cutout"] = 12
    found["analysis"]["arms"][0]["data"] = found["data"] | {"image_size": 8}
    assert lines(found) == ["analysis.arms.0.retrain.cutout: must be at most the image size 8, got 12"]


def test_a_stored_study_stays_readable_under_its_own_digest():
    old = parse_stored(document(stride=1, channels=99))
    assert old.network.macro.layers[POOL].channels == 99
    assert old.digest() != QUICK.digest()
    assert parse_stored(old.canonical()) == old


def test_a_fork_is_refused_for_what_it_brings_itself_alone():
    old = parse_stored(document(channels=99))
    assert changed_config(old, {"search": {"generations": 9}}, 1).search.generations == 9
    with pytest.raises(ConfigError, match=r"retrain\.cutout: must be at most the image size 16, got 64"):
        changed_config(old, {"retrain": {"cutout": 64}}, 1)


@pytest.mark.parametrize("key", PRESETS)
def test_no_preset_is_refused(key):
    assert parse_config(PRESETS[key].config.canonical()) == PRESETS[key].config


def test_the_demo_s_config_is_not_refused():
    assert parse_config(DEMO.read_bytes())
