"""What a colour becomes for eyes of other kinds, and how far two colours then lie apart.

Simulation: Machado, Oliveira and Fernandes, "A Physiologically-based Model for Simulation of Color Vision Deficiency",
IEEE TVCG 15(6), 2009, severity 1.0, on linear RGB. Distance: Euclidean in OKLab (Ottosson 2020), times 100; two is
about what a person just notices side by side. Contrast: WCAG 2.2.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

Colour = tuple[float, float, float]
"""Linear RGB, 0…1."""
Matrix = tuple[Colour, Colour, Colour]

LUMINANCE: Colour = (0.2126, 0.7152, 0.0722)
SIMULATIONS: dict[str, Matrix] = {
    "protanopia": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
    "deuteranopia": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.011820, 0.042940, 0.968881)),
    "tritanopia": ((1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602), (0.004733, 0.691367, 0.303900)),
    "achromatopsia": (LUMINANCE, LUMINANCE, LUMINANCE),
}
TO_LMS: Matrix = (
    (0.4122214708, 0.5363325363, 0.0514459929),
    (0.2119034982, 0.6806995451, 0.1073969566),
    (0.0883024619, 0.2817188376, 0.6299787005),
)
TO_LAB: Matrix = (
    (0.2104542553, 0.7936177850, -0.0040720468),
    (1.9779984951, -2.4285922050, 0.4505937099),
    (0.0259040371, 0.7827717662, -0.8086757660),
)


def _times(matrix: Matrix, vector: Colour) -> Colour:
    x, y, z = (sum(a * b for a, b in zip(row, vector, strict=True)) for row in matrix)
    return x, y, z


def linear(channels: Sequence[int]) -> Colour:
    """From sRGB, 0…255."""
    r, g, b = (c / 255 / 12.92 if c / 255 <= 0.04045 else ((c / 255 + 0.055) / 1.055) ** 2.4 for c in channels)
    return r, g, b


def simulated(colour: Colour, kind: str) -> Colour:
    r, g, b = (min(1.0, max(0.0, c)) for c in _times(SIMULATIONS[kind], colour))
    return r, g, b


def distance(one: Colour, other: Colour) -> float:
    def lab(colour: Colour) -> Colour:
        long, middle, short = (math.cbrt(c) for c in _times(TO_LMS, colour))
        return _times(TO_LAB, (long, middle, short))

    return 100 * math.dist(lab(one), lab(other))


def contrast(one: Colour, other: Colour) -> float:
    dark, light = sorted(sum(a * b for a, b in zip(LUMINANCE, colour, strict=True)) for colour in (one, other))
    return (light + 0.05) / (dark + 0.05)
