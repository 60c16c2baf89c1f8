"""The candidate blocks: what a searched layer can be. No torch.

Source: AutoSNN (Na et al., ICML 2022), its reference code's block set.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

Family = Literal["skip", "scb", "srb", "sib", "dsib"]


@dataclass(frozen=True)
class Block:
    """One entry of the block registry: what a layer can be.

    `code` is its letter in a genome; `kernel` the k of its spatial convolution; `expansion` the e of SIB and DSIB.
    DSIB is ours: SIB with a depth-wise middle convolution, which the paper's figures do not belong to.
    """

    name: str
    code: str
    family: Family
    kernel: int = 1
    expansion: int = 1


BLOCKS: dict[str, Block] = {
    block.name: block
    for block in (
        Block("skip_connect", "S", "skip"),
        Block("SCB_k3", "C3", "scb", 3),
        Block("SCB_k5", "C5", "scb", 5),
        Block("SCB_k7", "C7", "scb", 7),
        Block("SRB_k3", "R3", "srb", 3),
        Block("SRB_k5", "R5", "srb", 5),
        Block("SRB_k7", "R7", "srb", 7),
        Block("SIB_k3_e1", "I3x1", "sib", 3, 1),
        Block("SIB_k3_e3", "I3x3", "sib", 3, 3),
        Block("SIB_k3_e6", "I3x6", "sib", 3, 6),
        Block("SIB_k5_e1", "I5x1", "sib", 5, 1),
        Block("SIB_k5_e3", "I5x3", "sib", 5, 3),
        Block("SIB_k5_e6", "I5x6", "sib", 5, 6),
        Block("DSIB_k3_e1", "D3x1", "dsib", 3, 1),
        Block("DSIB_k3_e3", "D3x3", "dsib", 3, 3),
        Block("DSIB_k3_e6", "D3x6", "dsib", 3, 6),
        Block("DSIB_k5_e1", "D5x1", "dsib", 5, 1),
        Block("DSIB_k5_e3", "D5x3", "dsib", 5, 3),
        Block("DSIB_k5_e6", "D5x6", "dsib", 5, 6),
    )
}
BY_CODE: dict[str, Block] = {block.code: block for block in BLOCKS.values()}
BlockName = Literal[
    "skip_connect", "SCB_k3", "SCB_k5", "SCB_k7", "SRB_k3", "SRB_k5", "SRB_k7",
    "SIB_k3_e1", "SIB_k3_e3", "SIB_k3_e6", "SIB_k5_e1", "SIB_k5_e3", "SIB_k5_e6",
    "DSIB_k3_e1", "DSIB_k3_e3", "DSIB_k3_e6", "DSIB_k5_e1", "DSIB_k5_e3", "DSIB_k5_e6",
]  # fmt: skip
AUTOSNN_CANDIDATES: tuple[BlockName, ...] = ("skip_connect", "SCB_k3", "SCB_k5", "SRB_k3", "SRB_k5")
MAX_CANDIDATES = len(BLOCKS)


def _each_once(blocks: tuple[BlockName, ...]) -> tuple[BlockName, ...]:
    """A block named twice would count twice in the space's size, and be drawn twice as often."""
    for block in blocks:
        if (times := blocks.count(block)) > 1:
            raise ValueError(f"must name each block once, {block} is named {times} times")
    return blocks


Candidates = Annotated[
    tuple[BlockName, ...],
    Field(min_length=1, max_length=MAX_CANDIDATES, strict=False),
    AfterValidator(_each_once),
]
