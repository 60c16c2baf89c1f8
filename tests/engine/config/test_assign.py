"""Fields of a study set one by one, from text."""

import pytest

from engine.config.assign import assigned, assignment
from engine.config.paths import field_paths, nearest
from engine.errors import ConfigError
from tests.engine.tiny import tiny_config


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("seed=3", ("seed", 3)),
        ("search.fitness_lambda=-.08", ("search.fitness_lambda", -0.08)),
        ("name=A study = mine", ("name", "A study = mine")),
        ("data.augment=false", ("data.augment", False)),
        ("data.path=null", ("data.path", None)),
        ('network.candidates=["SCB_k3"]', ("network.candidates", ["SCB_k3"])),
        ("name=NaN", ("name", "NaN")),
        ("name=", ("name", "")),
        ("seed=+07", ("seed", 7)),
    ],
)
def test_a_value_is_json_or_a_number_or_text(text, read):
    assert assignment(text) == read


def test_fields_that_depend_on_each_other_are_set_together():
    """A population of 3 is less than 2 mutations + 2 crossovers."""
    config = tiny_config()
    both = [("search.population", 3), ("search.mutations", 1)]
    assert assigned(config, both).search.population == 3
    with pytest.raises(ConfigError, match=r"search\.population: must be at least mutations \+ crossovers = 4, got 3"):
        assigned(config, both[:1])


def test_an_entry_of_a_list_is_set_by_its_number():
    assert assigned(tiny_config(), [("network.macro.layers.2.channels", 8)]).network.macro.layers[2].channels == 8


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("serch.generations", "serch.generations: is no field of a study; the nearest is search.generations"),
        ("zzz", "zzz: is no field of a study"),
        ("analysis.seeds", "analysis.seeds: analysis is not there in this study; set it as a whole, as JSON"),
        ("network.macro.layers.9.channels", "network.macro.layers.9.channels: network.macro.layers.9 is not there in "),
        ("network.candidates.7", "network.candidates.7: the list has the entries 0 to 2"),
    ],
)
def test_a_field_that_is_not_there_is_named(path, said):
    with pytest.raises(ConfigError) as refused:
        assigned(tiny_config(), [(path, 1)])
    assert refused.value.problems[0].startswith(said)


def test_every_wrong_field_has_a_line():
    with pytest.raises(ConfigError) as refused:
        assigned(tiny_config(), [("sed", 1), ("search.lambda", 2)])
    assert len(refused.value.problems) == 2


def test_fields_of_parts_and_of_lists_are_known():
    assert {"seed", "search.ties", "network.macro.layers.*.channels", "analysis.arms.*.label"} <= set(field_paths())


def test_of_several_with_the_last_word_the_most_alike_is_meant():
    assert nearest("supernett.epochs") == "supernet.epochs"
    assert nearest("retrian.epochs") == "retrain.epochs"
