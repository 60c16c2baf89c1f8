"""An annotation for fields of a config that name an entry of a registry, which may have grown since it was imported."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

NAME = re.compile(r"[A-Za-z]\w*", re.ASCII)
"""What a registry takes as a name or a code: a name is a key of stored weights, so it has no dot; a code is part of a
genome and of an address, so it has no hyphen.
"""


def in_words(names: Iterable[str]) -> str:
    """Names for a message: `'plif', 'lif', 'if' or 'relu'`."""
    *others, last = map(repr, names)
    return f"{', '.join(others)} or {last}" if others else last


@dataclass(frozen=True, eq=False)
class Registered:
    """A text that is one of `names` when the config is read; `allowed` says in a message which there are."""

    names: Mapping[str, object]
    allowed: Callable[[], str]

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_after_validator_function(self._known, handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return handler(schema) | {"enum": list(self.names)}

    def _known(self, name: str) -> str:
        if name not in self.names:
            raise ValueError(f"must be {self.allowed()}")
        return name
