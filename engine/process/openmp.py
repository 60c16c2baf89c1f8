"""OpenMP's idle threads: they sleep early, so that other processes can use the core."""

from __future__ import annotations

import os

SPINS = "1000"
"""Polls of an idle thread before it sleeps; libgomp's default of 300,000 keeps the core from others meanwhile."""


def share_cores() -> None:
    """Limit the polling of idle threads, unless the user has set it. Call this before torch loads OpenMP.

    Measured by `python -m benchmarks.waiting`.
    """
    os.environ.setdefault("GOMP_SPINCOUNT", SPINS)
