"""Configs as flat readable lines, and the lines in which several configs differ."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from engine.config.study import StudyConfig
from engine.config.versions import VERSION
from engine.space.macro import Layer

IGNORED = ("name", "version")
"""Fields that do not change the result of a study."""


def flat(config: StudyConfig) -> dict[str, str]:
    """Path → formatted value of every field, in the schema's order."""
    today = config.model_copy(update={"version": VERSION})  # an older version leaves out what came later
    return dict(_lines(today.model_dump(mode="json"), ""))


def differing(configs: Sequence[StudyConfig]) -> list[dict[str, Any]]:
    """The fields that differ: path, and each config's value (None where it has no such field)."""
    read = [flat(config) for config in configs]
    paths = dict.fromkeys(path for lines in read for path in lines)
    rows = [{"path": path, "values": [lines.get(path) for lines in read]} for path in paths]
    return [row for row in rows if len(set(row["values"])) > 1]


def _lines(value: Mapping[str, Any], prefix: str) -> Iterator[tuple[str, str]]:
    for key, inner in value.items():
        path = f"{prefix}{key}"
        if path in IGNORED:
            continue
        if path == "network.macro.layers":
            yield path, " · ".join(_layer(Layer.model_validate(layer)) for layer in inner)
        elif isinstance(inner, Mapping):
            yield from _lines(inner, f"{path}.")
        else:
            yield path, _words(inner)


def _layer(layer: Layer) -> str:
    if layer.kind != "search":
        return layer.kind.replace("_", "-")
    stride = f" ÷{layer.stride}" if layer.stride != 1 else ""
    own = f" ({_words(layer.candidates)})" if layer.candidates else ""
    return f"{layer.channels}{stride}{own}"


def _words(value: Any) -> str:
    if value is None:
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, list | tuple):
        return ", ".join(_words(one) for one in value) or "none"
    if isinstance(value, Mapping):
        return "; ".join(f"{key} {_words(one)}" for key, one in value.items() if one not in (None, [], ()))
    return str(value)
