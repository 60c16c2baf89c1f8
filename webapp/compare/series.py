"""Colour, symbol and dashes of a figure's series on paper; the order is that of frontend/compare/series.js."""

from __future__ import annotations

import math
from dataclasses import dataclass

Outline = tuple[tuple[float, float], ...]
"""Corners of a symbol around its centre, y down, for a radius of 1."""

COLOURS = ("#285cc2", "#b35713", "#007560", "#a21f8f", "#4f501f", "#077fa8", "#b32228", "#5b3291")
"""The hues of the page's --series-1 to --series-8, dark enough for white paper."""
DASHES = ("", "8 4", "2 3", "8 3 2 3", "14 5", "14 4 2 4", "9 3 2 3 2 3", "16 3")


def _ring(corners: int, radius: float = 1.0, turn: float = 0.0) -> list[tuple[float, float]]:
    angles = [2 * math.pi * (k / corners + turn) for k in range(corners)]
    return [(radius * math.sin(angle), -radius * math.cos(angle)) for angle in angles]


def _star() -> Outline:
    points = zip(_ring(5, 1.3), _ring(5, 0.5, 0.1), strict=True)
    return tuple(corner for pair in points for corner in pair)


def _cross(turned: bool) -> Outline:
    """A plus of arms 0.7 wide; or an ×."""
    w, arm = 0.35, 1.2
    plus = [(-w, -arm), (w, -arm), (w, -w), (arm, -w), (arm, w), (w, w), (w, arm), (-w, arm)]
    plus += [(-w, w), (-arm, w), (-arm, -w), (-w, -w)]
    half = math.sqrt(0.5)
    return tuple((half * (x - y), half * (x + y)) if turned else (x, y) for x, y in plus)


SYMBOLS: tuple[Outline, ...] = (
    tuple(_ring(32)),
    ((-0.9, -0.9), (0.9, -0.9), (0.9, 0.9), (-0.9, 0.9)),
    ((0, -1.1), (1.1, 0.9), (-1.1, 0.9)),
    ((0, -1.25), (1.25, 0), (0, 1.25), (-1.25, 0)),
    ((0, 1.1), (1.1, -0.9), (-1.1, -0.9)),
    _star(),
    _cross(turned=False),
    _cross(turned=True),
)


@dataclass(frozen=True)
class Series:
    """The style of one study's series."""

    colour: str
    dash: str
    symbol: Outline

    def outline(self, x: float, y: float, radius: float) -> str:
        """The symbol around a point, as the d of a path."""
        corners = (f"{x + radius * dx:.1f} {y + radius * dy:.1f}" for dx, dy in self.symbol)
        return f"M{'L'.join(corners)}z"


def series(place: int) -> Series:
    """The style of the study at a place, counted from 0, below MAX_STUDIES."""
    return Series(COLOURS[place], DASHES[place], SYMBOLS[place])
