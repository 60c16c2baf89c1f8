"""Skip: the input as it is; a projection where channels differ; a factorised reduction at stride 2."""

from __future__ import annotations

from engine.blocks.family import Block, BlockFamily, Look, NirFacts
from engine.blocks.wiring import ConvSpec, Shape, SpikingLayer, Wiring


def _wiring(block: Block, c_in: int, c_out: int, stride: int) -> Wiring:
    if stride == 1 and c_in == c_out:
        return ()
    if stride == 1:
        return (SpikingLayer("neuron", (ConvSpec("project", c_in, c_out),)),)
    return (SpikingLayer("neuron", (ConvSpec("reduce", c_in, c_out, stride=stride, halves=True),)),)


def _refusal(block: Block, shape: Shape, c_out: int, stride: int) -> str:
    _, height, width = shape
    if stride == 2 and c_out % 2:
        return f"output channels must be even, got {c_out}"
    if stride == 2 and (height % 2 or width % 2):
        return f"its input is {height}×{width}; both must be even"
    return ""


def _nir(stride: int) -> NirFacts:
    return NirFacts(rewrite="a skip of stride 2 becomes one 2×2 convolution of stride 2" if stride == 2 else "")


SKIP = BlockFamily(
    name="skip",
    letter="S",
    label="skip",
    blocks=(Block("skip_connect", "S", "skip"),),
    wiring=_wiring,
    look=Look(outline="dashed"),
    refusal=_refusal,
    nir=_nir,
)
