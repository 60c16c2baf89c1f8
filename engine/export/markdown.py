"""Text in Markdown: what a user wrote shows as it was written, and ends no heading and no table cell."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from engine.config.words import one_line

SPECIAL = re.compile(r"([\\`*\[\]<>|~#&$]|(?<!\w)_|_(?!\w))")
"""Characters that Markdown would take for markup; an underscore inside a word is none."""


def escaped(text: str) -> str:
    """A user's text on one line, every special character after a backslash."""
    return SPECIAL.sub(r"\\\1", one_line(text))


def table(head: Sequence[str], lines: Iterable[Sequence[str]], numbers: int = 0) -> str:
    """A table of cells that are Markdown already; the last `numbers` columns are set to the right."""
    columns = len(head)
    rule = ["---:" if place >= columns - numbers else "---" for place in range(columns)]
    return "\n".join(_line(cells) for cells in (head, rule, *lines))


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
