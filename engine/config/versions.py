"""What a config of an earlier version of the format means: defaults that were others then."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

Version = Literal[1, 2]
VERSION: Version = 2
"""Of new configs. Every stored config says its own."""
FIRST_DEFAULTS = {("search", "ties"): "oldest"}
"""Part and field → the default in version 1, where version 2 has another."""


def read_as_written(document: object) -> object:
    """A document of version 1 with the defaults of its time where it says nothing; any other as it is.

    So a study stored before a field was there goes on by the rule it began with.
    """
    if not isinstance(document, dict) or document.get("version", VERSION) != 1:
        return document
    found = dict(document)
    for (part, field), was in FIRST_DEFAULTS.items():
        inside = found.get(part, {})
        if isinstance(inside, dict):
            found[part] = {field: was} | inside
    return found


def as_first_written(content: Mapping[str, Any], whole: Mapping[str, Any]) -> dict[str, Any]:
    """Of a config's `whole` JSON, what differs from the defaults of version 1; `content`: from today's.

    A config of either version that asks for the same has the same content.
    """
    found = dict(content)
    for (part, field), was in FIRST_DEFAULTS.items():
        inside = {key: value for key, value in found.pop(part, {}).items() if key != field}
        if whole[part][field] != was:
            inside[field] = whole[part][field]
        if inside:
            found[part] = inside
    return found
