"""How threads wait that have nothing to do: soon asleep, so that others can have the core. No torch."""

from __future__ import annotations

import os

SPINS = "1000"
"""Looks at an empty place before a thread goes to sleep; libgomp's own 300,000 keep a core from others meanwhile."""


def share_cores() -> None:
    """Must be called before torch is loaded: its OpenMP reads this once. What the user has set stays.

    Measured by `python -m benchmarks.waiting`.
    """
    os.environ.setdefault("GOMP_SPINCOUNT", SPINS)
