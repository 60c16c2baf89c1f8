"""What a text tells: words may change, the numbers, genomes, blocks, digests and names in it may not.

A text tells as much as another where each of them is told at least as often; names may be told once.
"""

from __future__ import annotations

import re
from collections import Counter

NAMES = (
    "Stored: evolution",
    "Stored: own images",
    "Stored: fork",
    "Stored: analysis",
    "Stored: seeds",
    "Drawn, IF",
    "Bars",
)
"""Of the stored studies, of an arm of one, and of the uploaded data set."""
_GENOME = r"\b[SCRID](?:\d(?:x\d)?)?(?:-[SCRID](?:\d(?:x\d)?)?)+\b"
_BLOCK = r"\b[CRID]\d(?:x\d)?\b|\b(?:SCB|SRB|SIB|DSIB|SNN|AutoSNN)_\w+|\bskip_connect\b"
_DIGEST = r"\b(?=[0-9a-f]*[a-f])(?=[0-9a-f]*\d)[0-9a-f]{8,}\b"
_NUMBER = r"(?:(?<!\w)[-−])?\d+(?:,\d{3}(?!\d))*(?:\.\d+)?(?:e[+-]?\d+)?"
_TOLD = re.compile(f"{_GENOME}|{_BLOCK}|{_DIGEST}|{_NUMBER}", re.ASCII)
NUMBER = re.compile(_NUMBER, re.ASCII)


def told(text: str) -> Counter[str]:
    """How often each number, genome, block, digest and name is told."""
    found = Counter(_TOLD.findall(text))
    found.update(name for name in NAMES if name in text)
    return found


def untold(found: str, expected: str) -> list[str]:
    """What the expected text tells and the found one does not, or not as often."""
    return sorted((told(expected) - told(found)).elements())


def as_prose(text: str) -> str:
    """The text as a value that is compared by what it tells, even where it is a single word."""
    return f" {text}"


def is_prose(text: str) -> bool:
    """A value of a document that is no id, name of an option, date, path or digest: those hold no space."""
    return any(letter.isspace() for letter in text)
