"""In which fields two studies differ."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel

from engine.config.messages import shown
from engine.config.study import StudyConfig

UNCOUNTED = ("version", "name")
"""They decide nothing of the result; see `StudyConfig.digest`."""
MOST = 6
"""Fields that a message names."""
Difference = tuple[str, Any, Any]
"""A field's path, and its value in the one and in the other."""


def differences(one: StudyConfig, other: StudyConfig) -> list[Difference]:
    """The smallest parts that differ, in the order of the fields; names and versions do not count."""
    return [found for found in _between("", one, other) if found[0] not in UNCOUNTED]


def in_words(found: list[Difference], here: str, there: str) -> str:
    """`seed is 3 HERE and 4 THERE; …`, the first few of them."""
    said = [f"{path} is {_value(a)} {here} and {_value(b)} {there}" for path, a, b in found[:MOST]]
    rest = len(found) - MOST
    return "; ".join([*said, *([f"{rest} more fields differ"] if rest > 0 else [])])


def _value(value: Any) -> str:
    if isinstance(value, BaseModel):
        return "another"
    if isinstance(value, tuple):
        return (
            "another list" if any(isinstance(part, BaseModel) for part in value) else shown(", ".join(map(str, value)))
        )
    return shown(value)


def _between(path: str, one: Any, other: Any) -> Iterator[Difference]:
    if type(one) is type(other) and isinstance(one, BaseModel):
        for name in type(one).model_fields:
            yield from _between(f"{path}.{name}".lstrip("."), getattr(one, name), getattr(other, name))
    elif isinstance(one, tuple) and isinstance(other, tuple) and len(one) == len(other) and _models(one, other):
        for i, (a, b) in enumerate(zip(one, other, strict=True)):
            yield from _between(f"{path}.{i}", a, b)
    elif one != other:
        yield path, one, other


def _models(one: tuple[Any, ...], other: tuple[Any, ...]) -> bool:
    return all(isinstance(entry, BaseModel) for entry in (*one, *other))
