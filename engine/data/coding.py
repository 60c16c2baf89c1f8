"""How stored samples become a network's input, as data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Coding = Literal["direct", "rate", "latency", "counts"]


@dataclass(frozen=True)
class Encoding:
    """`mean` and `std` are per channel in 0…1, empty but for direct coding; `time_steps` is T; `seed` the study's."""

    coding: Coding
    time_steps: int
    mean: tuple[float, ...]
    std: tuple[float, ...]
    seed: int
