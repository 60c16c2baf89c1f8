"""Single fields of a study set anew: `search.generations=5`."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Any

from engine.config.parse import parse_stored
from engine.config.paths import field_paths, nearest, pattern_of
from engine.config.refusals import refusals
from engine.config.study import StudyConfig
from engine.errors import ConfigError

Assignment = tuple[str, Any]
"""A field's path and its new value, as JSON has it."""
NUMBER = re.compile(r"[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?")


def assignment(text: str) -> Assignment:
    """`a.b=c` read: c is JSON, or a number such as -.08, else text. Raises ConfigError where there is no `=`."""
    path, sign, value = text.partition("=")
    if not sign or not path.strip():
        raise ConfigError([f"{text[:60]}: must be FIELD=VALUE, such as search.generations=5"])
    return path.strip(), _value(value.strip())


def _value(text: str) -> Any:
    try:
        return json.loads(text, parse_constant=str)
    except ValueError:
        if not NUMBER.fullmatch(text):
            return text
        return int(text) if re.fullmatch(r"[-+]?\d+", text) else float(text)


def assigned(config: StudyConfig, values: Iterable[Assignment]) -> StudyConfig:
    """The study with these fields set, all at once, so that they may depend on each other.

    Raises ConfigError, a line a field: an unknown one with the nearest, a value out of its bounds with these.
    """
    document, problems = config.model_dump(mode="json"), list[str]()
    for path, value in values:
        problems += _set(document, path, value)
    if problems:
        raise ConfigError(problems)
    changed = parse_stored(document)
    if lines := [line for line in refusals(changed) if line not in refusals(config)]:
        raise ConfigError(lines)
    return changed


def _set(document: dict[str, Any], path: str, value: Any) -> list[str]:
    """Set one field of the document; the problem where there is no such field."""
    if pattern_of(path) not in field_paths():
        meant = nearest(path)
        return [f"{path[:60]}: is no field of a study" + (f"; the nearest is {meant}" if meant else "")]
    part: Any = document
    *parents, last = path.split(".")
    for i, name in enumerate(parents):
        part = _child(part, name)
        if part is None:
            at = ".".join(parents[: i + 1])
            return [f"{path}: {at} is not there in this study; set it as a whole, as JSON"]
    if isinstance(part, list):
        if int(last) >= len(part):
            return [f"{path}: the list has the entries 0 to {len(part) - 1}"]
        part[int(last)] = value
    else:
        part[last] = value
    return []


def _child(part: Any, name: str) -> Any:
    if isinstance(part, list):
        return part[int(name)] if int(name) < len(part) else None
    return part.get(name)
