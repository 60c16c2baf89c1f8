"""A study's JSON read: the config, or one line for each wrong field."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from pydantic import ValidationError

from engine.config.messages import in_words
from engine.config.own_parts import missing
from engine.config.refusals import refusals
from engine.config.study import StudyConfig
from engine.errors import ConfigError

MAX_JSON_BYTES = 1_000_000
SURROGATE = re.compile("[\ud800-\udfff]")
FIELD_FIRST = re.compile(r"[a-z_0-9]+: ")
"""A message of a part's own check, which names the field inside that part."""


def parse_config(document: str | bytes | dict[str, Any]) -> StudyConfig:
    """Read a new config from JSON text or a decoded object. Raises ConfigError with one line per wrong field."""
    config = parse_stored(document)
    if lines := refusals(config):
        raise ConfigError(lines)
    return config


def parse_stored(document: str | bytes | dict[str, Any]) -> StudyConfig:
    """Read the config of a stored study, which may be older than some refusals.

    Raises ConfigError, which names first the own parts that are not registered here.
    """
    if not isinstance(document, dict):
        document = _decode(document)
    try:
        return StudyConfig.model_validate_json(_encoded(document))
    except ValidationError as error:
        lines = [_line(e) for e in error.errors(include_url=False)]
        raise ConfigError([*missing(document.get("parts")), *lines]) from error
    except (ValueError, RecursionError) as error:
        raise ConfigError([f"config: cannot be read as JSON: {str(error)[:200]}"]) from error


def _decode(text: str | bytes) -> dict[str, Any]:
    if len(text) > MAX_JSON_BYTES:
        raise ConfigError([f"config: at most {MAX_JSON_BYTES:,} bytes, got {len(text):,}"])
    try:
        document = json.loads(text, object_pairs_hook=_no_duplicates)
    except ConfigError:
        raise
    except (ValueError, RecursionError) as error:
        raise ConfigError([f"config: not valid JSON: {str(error)[:200]}"]) from error
    if not isinstance(document, dict):
        raise ConfigError(["config: must be a JSON object"])
    return document


def _encoded(document: dict[str, Any]) -> bytes:
    """Half a surrogate pair, which JSON can say in an escape, has no UTF-8: what reads this would not say where."""
    try:
        return json.dumps(document, ensure_ascii=False).encode()
    except UnicodeEncodeError as error:
        raise ConfigError(list(_halves("", document))) from error


def _halves(field: str, part: object) -> Iterator[str]:
    """A line for each text with half a surrogate pair, and for each object with a key of such a text."""
    if isinstance(part, str) and (half := SURROGATE.search(part)):
        yield f"{field}: must not contain the character U+{ord(half[0]):X}, half of a pair"
    elif isinstance(part, dict):
        if any(SURROGATE.search(key) for key in part):
            yield f"{field or 'config'}: has a key with half of a pair of characters (U+D800 to U+DFFF)"
        for key, value in part.items():
            yield from _halves(f"{field}.{key}".lstrip("."), value)
    elif isinstance(part, list):
        for place, value in enumerate(part):
            yield from _halves(f"{field}.{place}", value)


def _no_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    keys = [key for key, _ in pairs]
    for key in keys:
        if keys.count(key) > 1:
            raise ConfigError([f"config: the key {key[:60]!r} is given twice"])
    return dict(pairs)


def _line(error: Any) -> str:
    """One pydantic error as `field.path: what is allowed, what was given`."""
    path = ".".join(str(part) for part in error["loc"])
    message = str(error["msg"]).removeprefix("Value error, ")
    if not path:
        return message
    if error["type"] == "value_error" and FIELD_FIRST.match(message):
        return f"{path}.{message}"
    return f"{path}: {in_words(error)}"
