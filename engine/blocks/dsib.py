"""DSIB: SIB with a depth-wise middle convolution. It is ours; the paper's figures do not belong to it."""

from __future__ import annotations

from engine.blocks.family import Block, BlockFamily, Look, NirFacts
from engine.blocks.sib import LOOK, bottleneck
from engine.blocks.wiring import Wiring


def _wiring(block: Block, c_in: int, c_out: int, stride: int) -> Wiring:
    return bottleneck(block, c_in, c_out, stride, groups=block.expansion * c_in)


def _nir(stride: int) -> NirFacts:
    return NirFacts(rewrite="DSIB's depth-wise convolution becomes a full one, with zeros between channels")


DSIB = BlockFamily(
    name="dsib",
    letter="D",
    label="inverted bottleneck, depth-wise",
    blocks=tuple(Block(f"DSIB_k{k}_e{e}", f"D{k}x{e}", "dsib", k, e) for k in (3, 5) for e in (1, 3, 6)),
    wiring=_wiring,
    look=Look(LOOK, outline="dotted"),
    nir=_nir,
)
