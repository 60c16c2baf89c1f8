"""StudyConfig: reads back exactly; every wrong field is named with its bound."""

import json

import pytest

from engine.config import parse_config
from engine.errors import ConfigError
from engine.presets import PRESETS

QUICK = PRESETS["quick-look"].config


@pytest.mark.parametrize("key", PRESETS)
def test_every_preset_survives_its_own_text(key):
    config = PRESETS[key].config
    assert parse_config(config.canonical()) == config
    assert PRESETS[key].key == key


def test_the_digest_ignores_the_name_and_nothing_else():
    assert QUICK.model_copy(update={"name": "other"}).digest() == QUICK.digest()
    assert QUICK.model_copy(update={"seed": 1}).digest() != QUICK.digest()


@pytest.mark.parametrize(
    ("part", "field", "value", "message"),
    [
        ("supernet", "epochs", 0, r"supernet\.epochs: must be at least 1, got 0"),
        ("supernet", "epochs", "3", r"supernet\.epochs: must be a whole number, got 3"),
        ("search", "fitness_lambda", 0.1, r"search\.fitness_lambda: must be at most 0, got 0\.1"),
        ("search", "parents", 11, r"search\.parents: must be at most the population \(10\), got 11"),
        ("data", "image_size", 12, r"data\.image_size: UCI optical digits comes in 8, 16, 32 pixels, got 12"),
        ("network", "colour", 1, r"network\.colour: is no field"),
    ],
)
def test_a_wrong_field_is_named_with_its_bound(part, field, value, message):
    document = json.loads(QUICK.canonical())
    document[part][field] = value
    with pytest.raises(ConfigError, match=message):
        parse_config(document)


@pytest.mark.parametrize("text", ["", "[]", "{", "[" * 100_000, '{"seed": 1, "seed": 2}', '{"seed": NaN}'])
def test_what_is_no_config_is_a_config_error(text):
    with pytest.raises(ConfigError):
        parse_config(text)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            {"layers": [*[{"kind": "max_pool", "stride": 2}] * 5, {}]},
            r"network\.macro\.layers\.4: layer 5 \(max_pool\)",
        ),
        ({"layers": [{"stride": 2, "channels": 3}]}, r"network\.macro\.layers\.0: layer 1 \(skip_connect, stride 2\)"),
    ],
)
def test_a_shape_that_cannot_be_is_named_at_its_layer(change, message):
    document = json.loads(QUICK.canonical())
    document["network"]["macro"] |= change
    with pytest.raises(ConfigError, match=message):
        parse_config(document)
