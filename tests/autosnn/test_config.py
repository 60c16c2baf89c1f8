"""Configs: presets, fields set anew, estimates, files."""

import json

import numpy as np
import pytest

import autosnn as A
from engine.config.presets import PRESETS


def test_presets_are_listed_by_key():
    assert A.presets()["quick-look"] == "Quick look"
    assert list(A.presets()) == list(PRESETS)


def test_fields_are_set_by_text_and_by_keyword():
    first = A.preset("quick-look")
    second = first.set("search.generations=5", "search.fitness_lambda=-.16", seed=np.int64(3))
    assert (second["search.generations"], second["search.fitness_lambda"], second["seed"]) == (5, -0.16, 3)
    assert (first["search.generations"], first["seed"]) == (8, 0)  # it never changes
    assert first.set(**{"network.time_steps": 2})["network.time_steps"] == 2


@pytest.mark.parametrize(
    ("changes", "fields", "said"),
    [
        (["search.generations=0"], {}, "search.generations: must be at least 1, got 0"),
        ([], {"seed": -1}, "seed: must be at least 0, got -1"),
        (["generations=3"], {}, "generations: is no field of a study; the nearest is search.generations"),
        (["seed"], {}, "seed: must be FIELD=VALUE, such as search.generations=5"),
    ],
)
def test_what_is_wrong_is_said_at_once_with_field_and_bound(changes, fields, said):
    with pytest.raises(A.ConfigError) as refused:
        A.preset("quick-look").set(*changes, **fields)
    assert refused.value.problems == [said]


def test_an_unknown_preset_is_told_the_nearest():
    with pytest.raises(A.ConfigError, match="the nearest is quick-look"):
        A.preset("quik-look")


def test_an_unknown_path_is_a_key_error():
    with pytest.raises(KeyError, match=r"search\.nothing"):
        A.preset("quick-look")["search.nothing"]


def test_a_config_goes_into_a_file_and_back(tmp_path):
    config = A.preset("quick-look").set(seed=4)
    assert A.load_config(config.save(tmp_path / "study.json")) == config
    assert json.loads(config.to_json())["seed"] == 4


def test_an_estimate_at_a_known_speed():
    """All architectures of quick look: 5 blocks in 3 layers. Twice the speed takes half the time."""
    slow, fast = (A.preset("quick-look").estimate(macs_per_second=speed) for speed in (1e9, 2e9))
    assert (slow.space_size, slow.evaluations) == (5**3, 8 * 10)
    assert slow.hours == pytest.approx(2 * fast.hours)
    assert slow.hours == pytest.approx(slow.seconds["total"] / 3600)
    assert slow.parameters[0] < slow.parameters[1] < slow.parameters[2]
    assert str(slow).startswith("125 architectures, 80 evaluated; ")
