"""Every block family there is, and their blocks by name and by code.

A family of one's own is added by `register`, before a config names its blocks.
"""

from __future__ import annotations

from engine.blocks.dsib import DSIB
from engine.blocks.family import Block, BlockFamily
from engine.blocks.scb import SCB
from engine.blocks.sib import SIB
from engine.blocks.skip import SKIP
from engine.blocks.srb import SRB
from engine.errors import RegistryError
from engine.schema.own import note_source, require_name
from engine.schema.registered import NAME

FAMILIES: dict[str, BlockFamily] = {family.name: family for family in (SKIP, SCB, SRB, SIB, DSIB)}
BLOCKS: dict[str, Block] = {block.name: block for family in FAMILIES.values() for block in family.blocks}
"""In the order of a form."""
BY_CODE: dict[str, Block] = {block.code: block for block in BLOCKS.values()}


def family_of(block: Block) -> BlockFamily:
    """The descriptor of a block's family."""
    return FAMILIES[block.family]


def register(family: BlockFamily) -> None:
    """Add a family of one's own. Raises RegistryError where a name or a code is taken or cannot be one."""
    require_name("block_family", family.name, FAMILIES)
    seen: set[str] = set()
    for block in family.blocks:
        _require_new(family, block, seen)
        seen |= {block.name, block.code}
    note_source("block_family", family.name, family)
    FAMILIES[family.name] = family
    BLOCKS.update({block.name: block for block in family.blocks})
    BY_CODE.update({block.code: block for block in family.blocks})


def _require_new(family: BlockFamily, block: Block, seen: set[str]) -> None:
    if block.family != family.name:
        raise RegistryError(f"block {block.name!r} says family {block.family!r}, it is listed in {family.name!r}")
    for word, taken in ((block.name, BLOCKS), (block.code, BY_CODE)):
        if not NAME.fullmatch(word):
            raise RegistryError(f"block family {family.name!r}: {word!r} must be letters, digits and _ after a letter")
        if word in taken or word in seen:
            raise RegistryError(f"block family {family.name!r}: {word!r} is the name or code of another block")


def families_in_words() -> str:
    """Every family with its blocks, for a message: `skip (skip_connect), scb (SCB_k3, SCB_k5, SCB_k7), …`."""
    return ", ".join(f"{f.name} ({', '.join(block.name for block in f.blocks)})" for f in FAMILIES.values())
