"""How a block is wired: layers of neurons, each driven by convolutions of earlier spikes.

Shapes, parameters, multiply-accumulates, counted outputs, memory, the torch module and the plan of the compiled back
ends all follow from it, so that none of them can disagree with another.
"""

from __future__ import annotations

from dataclasses import dataclass

Shape = tuple[int, int, int]
"""Channels, height, width."""

MOST_DRIVES = 2
"""What may drive a layer of neurons in the compiled back ends: two convolutions, or one and the block's input."""


@dataclass(frozen=True)
class ConvSpec:
    """A convolution k×k (k odd) with padding k//2 and without bias, then batch norm.

    `name` is its attribute in the module, and so its name in stored weights. `source` says which spikes it reads: 0 the
    block's input, k the output of the block's k-th neurons. `halves`: a factorised reduction, two 1×1 convolutions of
    stride 2 that read the even and the odd pixels and make half of the output channels each; a block has no other
    convolution then.
    """

    name: str
    c_in: int
    c_out: int
    kernel: int = 1
    stride: int = 1
    source: int = 0
    groups: int = 1
    halves: bool = False

    @property
    def weights(self) -> int:
        """Learned weights, those of the batch norm aside."""
        return self.kernel**2 * self.c_in * self.c_out // self.groups

    def output(self, shape: Shape) -> Shape:
        """The shape of what it makes of an input."""
        return self.c_out, -(-shape[1] // self.stride), -(-shape[2] // self.stride)


@dataclass(frozen=True)
class SpikingLayer:
    """Neurons, driven by the sum of `convolutions`, and of the block's input as it is where `shortcut`."""

    name: str
    convolutions: tuple[ConvSpec, ...]
    shortcut: bool = False


Wiring = tuple[SpikingLayer, ...]
"""A block's neurons in order: the spikes of the last are its output. Empty where the input passes through."""


def layer_shapes(wiring: Wiring, before: Shape) -> list[Shape]:
    """The shape of each layer's spikes, from an input `before`."""
    sources = [before]
    for layer in wiring:
        conv = layer.convolutions[0]
        sources.append(conv.output(sources[conv.source]))
    return sources[1:]


def fault(wiring: Wiring, before: Shape, after: Shape) -> str:
    """Why a wiring cannot lead from one shape to another; empty where it does."""
    sources = [before, *layer_shapes(wiring, before)]
    if sources[-1] != after:
        return f"its wiring ends in {_times(sources[-1])}, the layer in {_times(after)}"
    for layer, made in zip(wiring, sources[1:], strict=True):
        if layer.shortcut and made != before:
            return f"{layer.name} adds an input of {_times(before)} to {_times(made)}"
        for conv in layer.convolutions:
            if conv.c_in != sources[conv.source][0]:
                return f"{conv.name} reads {conv.c_in} channels where there are {sources[conv.source][0]}"
            if conv.output(sources[conv.source]) != made:
                return f"{layer.name} sums {_times(made)} and {_times(conv.output(sources[conv.source]))}"
    return ""


def compiles(wiring: Wiring) -> bool:
    """Whether the compiled back ends know such a block, neurons aside.

    They have no grouped convolution, no more than two drives of a layer, and in training every spike must be read.
    """
    read = {conv.source for layer in wiring for conv in layer.convolutions}
    grouped = any(conv.groups > 1 for layer in wiring for conv in layer.convolutions)
    drives = max((len(layer.convolutions) + layer.shortcut for layer in wiring), default=0)
    return not grouped and drives <= MOST_DRIVES and read >= set(range(1, len(wiring)))


def _times(shape: Shape) -> str:
    return "×".join(map(str, shape))
