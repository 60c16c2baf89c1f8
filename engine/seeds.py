"""Seeds derived from (study seed, purpose, index): no draw ever comes from a global generator. No torch."""

from __future__ import annotations

import hashlib
import random


def derive(seed: int, purpose: str, index: int = 0) -> int:
    """A 63-bit seed that depends on its arguments alone, so a resumed study draws what an undisturbed one does."""
    digest = hashlib.sha256(f"{seed}/{purpose}/{index}".encode()).digest()
    return int.from_bytes(digest[:8], "big") >> 1


def generator(seed: int, purpose: str, index: int = 0) -> random.Random:
    """A Python generator of that seed."""
    return random.Random(derive(seed, purpose, index))
