"""Seeds and generators derived from (study seed, purpose, index); nothing draws from a global generator."""

from __future__ import annotations

import hashlib
import random


def derive(seed: int, purpose: str, index: int = 0) -> int:
    """A 63-bit seed that depends on its arguments alone.

    A resumed study therefore draws what an uninterrupted one draws.
    """
    digest = hashlib.sha256(f"{seed}/{purpose}/{index}".encode()).digest()
    return int.from_bytes(digest[:8], "big") >> 1  # torch takes signed 64-bit seeds


def generator(seed: int, purpose: str, index: int = 0) -> random.Random:
    """A Python generator with the seed that `derive` gives."""
    return random.Random(derive(seed, purpose, index))
