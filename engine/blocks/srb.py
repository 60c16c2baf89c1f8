"""SRB, the spiking residual block: as SCB, the shortcut joins before the second neurons, so that spikes stay binary."""

from __future__ import annotations

from engine.blocks.family import Block, BlockFamily, Fill, Look
from engine.blocks.wiring import ConvSpec, SpikingLayer, Wiring


def _wiring(block: Block, c_in: int, c_out: int, stride: int) -> Wiring:
    same = stride == 1 and c_in == c_out
    first = ConvSpec("first", c_in, c_out, block.kernel, stride)
    second = ConvSpec("second", c_out, c_out, block.kernel, source=1)
    shortcut = () if same else (ConvSpec("shortcut", c_in, c_out, stride=stride),)
    return SpikingLayer("neuron1", (first,)), SpikingLayer("neuron2", (second, *shortcut), shortcut=same)


SRB = BlockFamily(
    name="srb",
    letter="R",
    label="residual, its arc the shortcut",
    blocks=tuple(Block(f"SRB_k{k}", f"R{k}", "srb", k) for k in (3, 5, 7)),
    wiring=_wiring,
    look=Look(
        {
            3: Fill("#f9d5a2", "oklch(0.89 0.08 70)"),
            5: Fill("#f2b160", "oklch(0.79 0.13 65)"),
            7: Fill("#df8d3c", "oklch(0.69 0.15 55)"),
        },
        arc=True,
    ),
)
