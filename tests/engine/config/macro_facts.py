"""The macro architectures of the reference code (its space.py), written down as facts."""

from __future__ import annotations

from dataclasses import dataclass

from engine.space.macro import MacroArchitecture

M, A = "max_pool", "avg_pool"


@dataclass(frozen=True)
class Macro:
    """Channels of the stem and of each layer, or a pool's kind; the searched layers' strides; spiking GAP."""

    stem: int
    layers: tuple[int | str, ...]
    strides: tuple[int, ...]
    gap: bool = False


def _pooled(c: int, pool: str = M, *, gap: bool = False) -> Macro:
    return Macro(c, (c, pool, 2 * c, 2 * c, pool, 4 * c, 4 * c, pool), (1, 1, 1, 1, 1), gap)


MACROS = {
    "SNN_1": _pooled(16),
    "SNN_2": _pooled(16, gap=True),
    "SNN_3": Macro(16, (16, 32, 32, 32, 64, 64, 64, 128), (1, 2, 1, 1, 2, 1, 1, 2)),
    "SNN_4": _pooled(16, A),
    "AutoSNN_32": _pooled(32),
    "AutoSNN_64": _pooled(64),
    "AutoSNN_128": _pooled(128),
}


def read(macro: MacroArchitecture) -> Macro:
    """A macro architecture in these terms."""
    searched = [layer for layer in macro.layers if layer.kind == "search"]
    layers = tuple(layer.channels or 0 if layer.kind == "search" else layer.kind for layer in macro.layers)
    return Macro(macro.stem_channels, layers, tuple(layer.stride for layer in searched), macro.global_average_pooling)
