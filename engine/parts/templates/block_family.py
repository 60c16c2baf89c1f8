"""A block family of one's own: a k×k and a 1×1 convolution side by side, into one layer of neurons."""

from __future__ import annotations

from engine.blocks.family import Block, BlockFamily, Fill, Look
from engine.blocks.wiring import ConvSpec, SpikingLayer, Wiring
from engine.parts.register import register


def wiring(block: Block, c_in: int, c_out: int, stride: int) -> Wiring:
    """Layers of neurons, each driven by convolutions of earlier spikes; each convolution has its batch norm."""
    wide = ConvSpec("wide", c_in, c_out, block.kernel, stride)
    narrow = ConvSpec("narrow", c_in, c_out, stride=stride)
    return (SpikingLayer("neuron", (wide, narrow)),)


register(
    BlockFamily(
        name="two_paths",
        letter="T",
        label="two paths",
        blocks=(Block("TwoPaths_k3", "T3", "two_paths", 3), Block("TwoPaths_k5", "T5", "two_paths", 5)),
        wiring=wiring,
        look=Look({3: Fill("#aaddaa"), 5: Fill("#77bb77")}),
    )
)
