"""How stored samples become a network's input, as data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Coding = Literal["direct", "rate", "latency", "counts"]
Resize = Literal["average", "bilinear", "enlarge"]
"""How images come to another size: whole fractions by averaging; all by resampling; whole multiples, as the digits."""
ValueRange = tuple[float, float]
"""The numbers of an array that stand for black and white."""


@dataclass(frozen=True)
class Encoding:
    """`mean` and `std` are per channel in 0…1, empty but for direct coding; `time_steps` is T; `seed` the study's."""

    coding: Coding
    time_steps: int
    mean: tuple[float, ...]
    std: tuple[float, ...]
    seed: int
