"""A bad field's message: the bound and what was given, in the product's words, not pydantic's."""

import copy

import pytest

from engine.config.parse import parse_config
from engine.errors import ConfigError
from tests.engine.tiny import tiny_config

CASES = [
    ("name", "", "name: must not be empty"),
    ("name", "x" * 200, "name: must have at most 120 characters, got 200"),
    ("name", None, "name: must be text, got nothing"),
    ("seed", "a", "seed: must be a whole number, got a"),
    ("seed", 1.5, "seed: must be a whole number, got 1.5"),
    ("seed", True, "seed: must be a whole number, got true"),
    ("seed", -1, "seed: must be at least 0, got -1"),
    ("search.generations", 10**6, "search.generations: must be at most 1000, got 1000000"),
    ("search.algorithm", "fast", "search.algorithm: must be 'evolution', 'random_search', 'random_sampling', "),
    ("search.fitness_lambda", float("inf"), "search.fitness_lambda: must be a finite number, got inf"),
    ("retrain.learning_rate", 0, "retrain.learning_rate: must be more than 0, got 0"),
    ("retrain.learning_rate", "fast", "retrain.learning_rate: must be a number, got fast"),
    ("data.augment", "yes", "data.augment: must be true or false, got yes"),
    ("data", None, "data: must be an object, got nothing"),
    ("network.candidates", [], "network.candidates: must have at least 1 of them, got 0"),
    (
        "network.candidates",
        ["SCB_k3", "SCB_k3"],
        "network.candidates: must name each block once, SCB_k3 is named 2 times, got ",
    ),
    ("speed", 1, "speed: is no field of this format"),
]


def changed(path, value):
    document = copy.deepcopy(tiny_config().model_dump(mode="json"))
    place = document
    *parents, last = path.split(".")
    for parent in parents:
        place = place[parent]
    place[last] = value
    return document


@pytest.mark.parametrize(("path", "value", "said"), CASES)
def test_a_bad_field_is_told_in_our_words(path, value, said):
    with pytest.raises(ConfigError) as refused:
        parse_config(changed(path, value))
    assert any(problem.startswith(said) for problem in refused.value.problems), refused.value.problems


def test_a_missing_field_is_named():
    document = changed("seed", 0)
    del document["name"]
    with pytest.raises(ConfigError, match=r"^name: is missing$"):
        parse_config(document)


def test_no_message_shows_more_than_a_little_of_what_was_given():
    with pytest.raises(ConfigError) as refused:
        parse_config(changed("seed", "9" * 10_000))
    assert all(len(problem) < 200 for problem in refused.value.problems)
