"""SIB, the spiking inverted bottleneck: conv 1×1 to e·C – conv k×k – conv 1×1, each with BN and N (Na et al. 2022)."""

from __future__ import annotations

from engine.blocks.family import Block, BlockFamily, Fill, Look
from engine.blocks.wiring import ConvSpec, SpikingLayer, Wiring

LOOK = {3: Fill("#dccdf2", "oklch(0.87 0.07 310)"), 5: Fill("#bda3e6", "oklch(0.76 0.11 310)")}


def bottleneck(block: Block, c_in: int, c_out: int, stride: int, groups: int = 1) -> Wiring:
    """The wiring with a middle convolution of so many groups. A shortcut stands at stride 1 alone, as in the reference.

    The 1×1 projection on it is there where channels differ.
    """
    middle = block.expansion * c_in
    expand = ConvSpec("expand", c_in, middle)
    spatial = ConvSpec("spatial", middle, middle, block.kernel, stride, source=1, groups=groups)
    project = ConvSpec("project", middle, c_out, source=2)
    same = stride == 1 and c_in == c_out
    shortcut = (ConvSpec("shortcut", c_in, c_out),) if stride == 1 and not same else ()
    return (
        SpikingLayer("neuron1", (expand,)),
        SpikingLayer("neuron2", (spatial,)),
        SpikingLayer("neuron3", (project, *shortcut), shortcut=same),
    )


def _wiring(block: Block, c_in: int, c_out: int, stride: int) -> Wiring:
    return bottleneck(block, c_in, c_out, stride)


SIB = BlockFamily(
    name="sib",
    letter="I",
    label="inverted bottleneck",
    blocks=tuple(Block(f"SIB_k{k}_e{e}", f"I{k}x{e}", "sib", k, e) for k in (3, 5) for e in (1, 3, 6)),
    wiring=_wiring,
    look=Look(LOOK),
)
