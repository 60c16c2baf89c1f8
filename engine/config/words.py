"""Small parts of sentences: counts, lists, and what a user wrote, on one line."""

from __future__ import annotations

from collections.abc import Sequence


def counted(count: int, one: str, several: str = "") -> str:
    """`1 epoch`, `2,000 epochs`."""
    return f"{count:,} {one if count == 1 else several or one + 's'}"


def listed(items: Sequence[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    *others, last = items
    return f"{', '.join(others)} and {last}" if others else last


def one_line(text: str) -> str:
    """What a user wrote, without its line breaks: a paragraph is one line."""
    return " ".join(text.split())
