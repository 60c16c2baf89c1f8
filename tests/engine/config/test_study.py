"""StudyConfig: reads back exactly; a network that cannot be built is named at its layer."""

import json

import pytest

from engine.config.parse import parse_config
from engine.config.presets import PRESETS
from engine.errors import ConfigError

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
