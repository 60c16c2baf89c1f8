"""Memory layout of channels in the CPU kernels: whole groups."""

from __future__ import annotations

LANES = 16
"""Channels of one group: those that a kernel computes at once. `cpu/source/vectors.h` has the same constant."""


def groups_of(channels: int) -> int:
    """How many groups hold so many channels; the last one is filled up."""
    return -(-channels // LANES)
