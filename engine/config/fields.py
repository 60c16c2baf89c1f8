"""What fields of several parts share: checks of free text, and marks of where a field comes from."""

from __future__ import annotations

from typing import Any

from pydantic import AfterValidator
from pydantic_core import PydanticCustomError

from engine.config.messages import NUL_IN_TEXT, WORDS

MAX_SEED = 2**31 - 1
PAPER: dict[str, Any] = {"source": "paper"}
"""Marks a field of the schema that the AutoSNN paper or its reference code has."""
OURS: dict[str, Any] = {"source": "ours"}
"""Marks a field of the schema that goes beyond them; its default leaves the paper's method as it is."""


def _without_nul(text: str) -> str:
    """A path with U+0000 names no file, and PostgreSQL stores no text with it."""
    if "\0" in text:
        raise PydanticCustomError(NUL_IN_TEXT, WORDS[NUL_IN_TEXT])
    return text


NO_NUL = AfterValidator(_without_nul)
"""For what a person writes freely. It stands after the bounds of a length, which are then told in their own words."""
