"""The fields of a study's config by their dotted paths, and the one that is meant where a path names none."""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import get_close_matches
from functools import cache
from typing import Any, get_args

from pydantic import BaseModel

from engine.config.study import StudyConfig

ANY = "*"
"""Stands for the number of an entry of a list: `network.macro.layers.*.channels`."""


@cache
def field_paths() -> tuple[str, ...]:
    """Every field, parts and whole lists included."""
    return tuple(dict.fromkeys(_below("", StudyConfig)))


def pattern_of(path: str) -> str:
    """The path with its numbers as `ANY`."""
    return re.sub(r"(?<=\.)\d+(?=\.|$)", ANY, path)


def nearest(path: str) -> str | None:
    """The field that a mistyped path means: the most alike, or the one with its last word; None where none is near."""
    known = field_paths()
    last = path.rpartition(".")[2]
    if found := [name for name in known if name.rpartition(".")[2] == last]:
        return (get_close_matches(path, found, 1, 0) or found)[0]
    return next(iter(get_close_matches(pattern_of(path), known, 1, 0.7)), None)


def _below(prefix: str, model: type[BaseModel]) -> Iterator[str]:
    for name, field in model.model_fields.items():
        yield prefix + name
        yield from _inside(prefix + name, field.annotation)


def _inside(path: str, annotation: Any) -> Iterator[str]:
    """What an annotation holds below its field: a model's fields, a list's entries."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield from _below(f"{path}.", annotation)
    elif getattr(annotation, "__origin__", None) is tuple:
        yield f"{path}.{ANY}"
        yield from _inside(f"{path}.{ANY}", get_args(annotation)[0])
    else:
        for inner in get_args(annotation):
            yield from _inside(path, inner)
