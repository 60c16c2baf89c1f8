"""What pydantic finds wrong, in one sentence with the bound and what was given."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

SHOWN = 60
"""Characters of a value in a message."""
NUL_IN_TEXT = "nul_in_text"
WORDS = {
    "missing": "is missing",
    "extra_forbidden": "is no field of this format",
    "greater_than": "must be more than {gt}",
    "greater_than_equal": "must be at least {ge}",
    "less_than": "must be less than {lt}",
    "less_than_equal": "must be at most {le}",
    "multiple_of": "must be a multiple of {multiple_of}",
    "finite_number": "must be a finite number",
    "literal_error": "must be {expected}",
    "string_too_long": "must have at most {max_length} characters",
    "too_short": "must have at least {min_length} of them",
    "too_long": "must have at most {max_length} of them",
    **dict.fromkeys(("int_type", "int_parsing", "int_from_float", "int_parsing_size"), "must be a whole number"),
    **dict.fromkeys(("float_type", "float_parsing"), "must be a number"),
    **dict.fromkeys(("bool_type", "bool_parsing"), "must be true or false"),
    **dict.fromkeys(("model_type", "model_attributes_type", "dict_type"), "must be an object"),
    **dict.fromkeys(("tuple_type", "list_type"), "must be a list"),
    "string_type": "must be text",
    NUL_IN_TEXT: "must not contain the character U+0000",
}
UNSHOWN = ("missing", "extra_forbidden", NUL_IN_TEXT)
"""Errors after which nothing was given that could be shown."""
LENGTHS = ("string_too_long", "too_short", "too_long")
"""Errors about how many there are; what there is would be too long to show."""


def in_words(error: Mapping[str, Any]) -> str:
    """One of a ValidationError's `errors()`, without its place: what is allowed, and what was given."""
    kind, given = error["type"], error.get("input")
    if kind == "string_too_short" and not given:
        return "must not be empty"
    if kind not in WORDS:
        message = str(error["msg"]).removeprefix("Value error, ")
        return f"{message[:1].lower()}{message[1:]}, got {shown(given)}"
    bounds = {name: f"{value:g}" if isinstance(value, float) else value for name, value in error.get("ctx", {}).items()}
    allowed = WORDS[kind].format(**bounds)
    if kind in UNSHOWN:
        return allowed
    if kind in LENGTHS:
        return f"{allowed}, got {len(given or ())}"
    return f"{allowed}, got {shown(given)}"


def shown(value: object) -> str:
    """A value as one would have written it, cut."""
    if value is None:
        return "nothing"
    return str(value).lower() if isinstance(value, bool) else str(value)[:SHOWN]
