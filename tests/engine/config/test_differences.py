"""In which fields two studies differ."""

from engine.config.assign import assigned
from engine.config.differences import differences, in_words
from tests.engine.tiny import tiny_config


def test_equal_studies_differ_in_nothing():
    other = tiny_config().model_copy(update={"name": "Another name"})
    assert differences(tiny_config(), other) == []


def test_each_field_is_told_with_both_values():
    changes = [("seed", 4), ("network.macro.layers.0.channels", 8), ("network.candidates", ["skip_connect", "SCB_k3"])]
    found = differences(tiny_config(), assigned(tiny_config(), changes))
    assert in_words(found, "there", "here") == (
        "seed is 0 there and 4 here; network.macro.layers.0.channels is 4 there and 8 here; network.candidates is "
        "skip_connect, SCB_k3, SRB_k3 there and skip_connect, SCB_k3 here"
    )


def test_many_are_counted():
    one = tiny_config()
    changes = [(f"supernet.{name}", value) for name, value in (("epochs", 9), ("batch_size", 9), ("cutout", 1))]
    changes += [(f"retrain.{name}", value) for name, value in (("epochs", 9), ("batch_size", 9), ("cutout", 1))]
    changes += [("seed", 1), ("search.generations", 9)]
    said = in_words(differences(one, assigned(one, changes)), "there", "here")
    assert said.endswith("; 2 more fields differ")
    assert said.count(" is ") == 6
