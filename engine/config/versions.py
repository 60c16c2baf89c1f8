"""What a config of an earlier version of the format means, and how it is written: fields that came later."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

Version = Literal[1, 2]
VERSION: Version = 2
"""Of new configs. Every stored config says its own."""
Path = tuple[str, str]
"""A part of the config and its field."""
LATER: dict[Path, str] = {
    ("supernet", "unsampled"): "rest",
    ("search", "crossover_cut"): "searched_layers",
    ("search", "ties"): "oldest",
}
"""Fields that came after version 1, and what was done before there was a choice."""


def read_as_written(document: object) -> object:
    """A document of version 1 with what was done then where it says nothing; any other as it is.

    So a study stored before a field was there goes on by the rule it began with.
    """
    if not isinstance(document, dict) or document.get("version", VERSION) != 1:
        return document
    found = dict(document)
    for (part, field), was in LATER.items():
        inside = found.get(part, {})
        if isinstance(inside, dict):
            found[part] = {field: was} | inside
    return found


def write_as_read(document: dict[str, Any], version: Version) -> dict[str, Any]:
    """A config's document as its version writes it: in version 1 without later fields that say what was done then.

    So a stored study that goes on writes the same bytes as before.
    """
    if version != 1:
        return document
    return _without(document, {(part, field): document.get(part, {}).get(field) for part, field in LATER})


def as_first_written(document: Mapping[str, Any], values: Mapping[Path, Any]) -> dict[str, Any]:
    """What differs from the defaults of version 1, whatever the version: `document` from today's, `values` of LATER.

    Configs that ask for the same have the same; what was always done is left out.
    """
    found = _without(document, values)
    for (part, field), value in values.items():
        if value != LATER[part, field]:
            found[part] = {**found.get(part, {}), field: value}
    return {key: value for key, value in found.items() if value != {}}


def _without(document: Mapping[str, Any], values: Mapping[Path, Any]) -> dict[str, Any]:
    """The document without those later fields whose value is what was done then."""
    found = dict(document)
    for (part, field), value in values.items():
        if part in found and value == LATER[part, field]:
            found[part] = {key: one for key, one in found[part].items() if key != field}
    return found
