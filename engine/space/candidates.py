"""Lists of candidate blocks as a config names them; what each block is stands in engine.blocks."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field
from pydantic_core import PydanticCustomError

from engine.blocks.registry import BLOCKS, families_in_words
from engine.schema.registered import Registered

BlockName = Annotated[str, Registered(BLOCKS, lambda: f"a block of the families {families_in_words()}")]
"""The name of a registered block."""
AUTOSNN_CANDIDATES: tuple[BlockName, ...] = ("skip_connect", "SCB_k3", "SCB_k5", "SRB_k3", "SRB_k5")


def _no_more_than_there_are(blocks: Any) -> Any:
    if isinstance(blocks, list | tuple) and len(blocks) > len(BLOCKS):
        raise PydanticCustomError("too_long", "must have at most {max_length} of them", {"max_length": len(BLOCKS)})
    return blocks


def _tell_how_many(schema: dict[str, Any]) -> None:
    """Asked when the JSON schema is written: a registry may have grown."""
    schema["maxItems"] = len(BLOCKS)


def _each_once(blocks: tuple[BlockName, ...]) -> tuple[BlockName, ...]:
    """A block named twice would count twice in the space's size, and be drawn twice as often."""
    for block in blocks:
        if (times := blocks.count(block)) > 1:
            raise ValueError(f"must name each block once, {block} is named {times} times")
    return blocks


Candidates = Annotated[
    tuple[BlockName, ...],
    Field(min_length=1, strict=False, json_schema_extra=_tell_how_many),
    BeforeValidator(_no_more_than_there_are),
    AfterValidator(_each_once),
]
