"""A fork under another λ in words: which generations were found under which λ."""

from __future__ import annotations

from collections.abc import Sequence

from engine.config.words import listed
from engine.events import FoundUnder


def scored_anew(found: Sequence[FoundUnder], exponent: float) -> str:
    """Which generations of a fork were found under another λ than `exponent`, its own; empty for none."""
    firsts = [0, *(one.generations for one in found)]
    parts = [
        f"{_generations(first + 1, one.generations)} found under λ = {one.fitness_lambda:g}"
        for first, one in zip(firsts[:-1], found, strict=True)
        if one.fitness_lambda != exponent
    ]
    return f"{listed(parts)}; scored anew under λ = {exponent:g}." if parts else ""


def _generations(first: int, last: int) -> str:
    return f"generation {first} was" if first == last else f"generations {first} to {last} were"
