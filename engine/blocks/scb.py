"""SCB, the spiking convolution block: conv k – BN – N – conv k – BN – N (Na et al. 2022)."""

from __future__ import annotations

from engine.blocks.family import Block, BlockFamily, Fill, Look
from engine.blocks.wiring import ConvSpec, SpikingLayer, Wiring


def _wiring(block: Block, c_in: int, c_out: int, stride: int) -> Wiring:
    first = ConvSpec("first", c_in, c_out, block.kernel, stride)
    second = ConvSpec("second", c_out, c_out, block.kernel, source=1)
    return SpikingLayer("neuron1", (first,)), SpikingLayer("neuron2", (second,))


SCB = BlockFamily(
    name="scb",
    letter="C",
    label="spiking convolution",
    blocks=tuple(Block(f"SCB_k{k}", f"C{k}", "scb", k) for k in (3, 5, 7)),
    wiring=_wiring,
    look=Look(
        {
            3: Fill("#bfdcf5", "oklch(0.87 0.07 245)"),
            5: Fill("#8bbdec", "oklch(0.76 0.11 245)"),
            7: Fill("#5b9ade", "oklch(0.65 0.14 245)"),
        }
    ),
)
