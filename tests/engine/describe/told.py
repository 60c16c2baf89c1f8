"""What card and method tell of a config, without what differs with any change: digests and the study's name."""

from __future__ import annotations

import json
import re
from typing import Any

from engine.config.parse import parse_config
from engine.config.study import StudyConfig
from engine.export.model_card import DataFacts, KeptFacts, Outcome, model_card
from engine.figures.method import method
from engine.figures.record import Record
from engine.space.shapes import layer_specs

DIGEST = re.compile(r"[0-9a-f]{64}")


def changed(config: StudyConfig, **changes: Any) -> StudyConfig:
    """The config with other values at dotted paths, as `network__neuron__tau`; a number is a place in a list."""
    document = json.loads(config.canonical())
    for path, value in changes.items():
        *way, last = path.split("__")
        at: Any = document
        for step in way:
            at = at[int(step)] if step.isdecimal() else at[step]
        at[int(last) if last.isdecimal() else last] = value
    return parse_config(document)


def card(config: StudyConfig) -> str:
    first = config.space.at(0)
    rows = layer_specs(config.network.macro, first, config.input, config.neuron_parameters)
    layers, code = {row.name: 2.0 for row in rows}, first.code
    outcome = Outcome(code, 0.9, sum(layers.values()), layers, 1000, 0.95, 0.8, 20.0, 30.0, 1234, 0.1)
    return model_card(config, outcome, DataFacts(800, 200, "0" * 64, "a note"), KeptFacts(32, 0.9, 20.0, 0.9, 20.0))


def told(config: StudyConfig) -> dict[str, str]:
    """The texts by name, each on few lines, with required contents, without the digest and the card's title."""
    texts = {"card": card(config).partition("\n# ")[2].partition("\n")[2], "method": method(Record(config, ()))}
    return {name: text.replace(config.digest(), "").replace("0" * 64, "") for name, text in texts.items()}
