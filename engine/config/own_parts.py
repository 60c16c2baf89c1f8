"""The parts of one's own that a study names, and the sources it was begun with."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from engine.blocks.registry import BLOCKS
from engine.config.data import DataConfig
from engine.config.network import NetworkConfig
from engine.config.search import SearchConfig
from engine.errors import ConfigError
from engine.schema.own import SHOWN, SOURCES, key_of, titled

NETWORK = ("block_family", "neuron")
"""The kinds that a trained network is made of."""


class Parts(dict[str, str]):
    """SHA-256 of a source by the part's key; hashed as a config is, and never changed."""

    def __hash__(self) -> int:  # type: ignore[override]
        return hash(frozenset(self.items()))


def own_parts(
    networks: Iterable[NetworkConfig], data: Iterable[DataConfig], search: SearchConfig, known: Mapping[str, str]
) -> Parts:
    """SHA-256 of each own part's source by its key: as `known` has it, else as it is registered here."""
    keys = {
        *(key for network in networks for key in _of_network(network)),
        *(key_of("dataset", one.dataset) for one in data),
        key_of("search", search.algorithm),
        key_of("objective", search.objective),
    }
    return Parts({key: known.get(key, SOURCES[key]) for key in sorted(keys & SOURCES.keys())})


def _of_network(network: NetworkConfig) -> Iterator[str]:
    layers = [layer.candidates or () for layer in network.macro.layers]
    names = {name for candidates in (network.candidates, *layers) for name in candidates}
    yield from (key_of("block_family", BLOCKS[name].family) for name in names)
    yield key_of("neuron", network.neuron.kind)


def changes(parts: Mapping[str, str]) -> list[str]:
    """A line for each part whose source here is another than the one a study was begun with, or that is not here."""
    return [_line(key, wanted) for key, wanted in parts.items() if SOURCES.get(key) != wanted]


def changed_keys(before: Mapping[str, str], after: Mapping[str, str]) -> list[str]:
    """Of parts that both name, those of another source, but for searches: no kept number depends on them."""
    return [key for key, sha in after.items() if before.get(key, sha) != sha and not key.startswith("search.")]


def require_unchanged(parts: Mapping[str, str]) -> None:
    """Raise ConfigError, part by part, where a study was begun with other sources."""
    if lines := changes(parts):
        raise ConfigError(lines)


def missing(parts: object) -> list[str]:
    """A line for each part of a stored study's `parts` that is not registered here, in the words of a refusal."""
    keys = parts if isinstance(parts, dict) else {}
    return [f"{titled(str(key))} is not registered here; {HOW}" for key in keys if key not in SOURCES]


HOW = "name its file with --parts or AUTOSNN_PARTS, or install the package that has it"
"""What brings a part."""


def require_network(study: Mapping[str, Any]) -> None:
    """Raise ConfigError where a trained network's document names parts that are not here, or blocks or neurons that
    have changed: its weights belong to those it was trained with.
    """
    parts = study.get("parts", {})
    if lines := missing(parts):
        raise ConfigError(lines)
    if isinstance(parts, dict):
        require_unchanged({key: sha for key, sha in parts.items() if key.partition(".")[0] in NETWORK})


def _line(key: str, wanted: str) -> str:
    here = SOURCES.get(key)
    if here is None:
        return f"parts.{key}: {titled(key)} is not registered here; {HOW}"
    return (
        f"parts.{key}: {titled(key)} has changed since this study began: the SHA-256 of its source is "
        f"{here[:SHOWN]}…, the study wants {str(wanted)[:SHOWN]}…; restore it, or start a new study"
    )
