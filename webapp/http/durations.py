"""Durations in words, in the format of frontend/lib/format.js."""

from __future__ import annotations

import math


def in_words(seconds: float) -> str:
    """75 → "1 min 15 s"; hours and days with the next smaller unit only."""
    if 0 < seconds < 1:
        return "under a second"
    whole = math.floor(seconds + 0.5)  # JavaScript's rounding: halves go up
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min" + (f" {whole % 60} s" if whole % 60 else "")
    if whole < 86400:
        return f"{whole // 3600} h {whole % 3600 // 60} min"
    return f"{whole // 86400} d {whole % 86400 // 3600} h"
