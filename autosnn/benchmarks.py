"""Tabular benchmarks: every architecture of a space, trained from scratch with several seeds."""

from __future__ import annotations

from engine.tabular.shipped import load, names
from engine.tabular.table import Table

__all__ = ["Table", "load", "names"]
