"""The descriptor of a block family: its blocks, their wiring, their drawing, and what NIR lacks of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from engine.blocks.wiring import Shape, Wiring, compiles

Outline = Literal["solid", "dashed", "dotted"]


@dataclass(frozen=True)
class Block:
    """One candidate block: what a searched layer can be.

    `code` is its part of a genome; `kernel` the k of its spatial convolutions; `expansion` the e of SIB and DSIB.
    """

    name: str
    code: str
    family: str
    kernel: int = 1
    expansion: int = 1


@dataclass(frozen=True)
class Fill:
    """The colour of a block: `paper` as #rrggbb in figures, `screen` as CSS has it; the same where it is not given."""

    paper: str
    screen: str = ""


@dataclass(frozen=True)
class Look:
    """How a block is drawn besides its code: a colour by kernel size, an outline, an arc over it for a shortcut."""

    fills: Mapping[int, Fill] = field(default_factory=dict)
    outline: Outline = "solid"
    arc: bool = False

    def fill(self, kernel: int) -> Fill | None:
        """The colour of a kernel size, or else of the largest size below it; None where the family has no colour."""
        sizes = [size for size in self.fills if size <= kernel] or list(self.fills)
        return self.fills[max(sizes)] if sizes else None


@dataclass(frozen=True)
class NirFacts:
    """What of a block or a neuron NIR cannot say (`obstacle`), says in another form (`rewrite`), or says with care."""

    obstacle: str = ""
    rewrite: str = ""
    note: str = ""


Wire = Callable[[Block, int, int, int], Wiring]
"""(block, channels in, channels out, stride) → its wiring."""
Refusal = Callable[[Block, Shape, int, int], str]
"""(block, input shape, channels out, stride) → why it cannot be built, or an empty text."""
Module = Callable[[Block, int, int, int, Any], Any]
"""(block, channels in, channels out, stride, NetworkConfig) → torch.nn.Module."""


def _builds_always(block: Block, shape: Shape, c_out: int, stride: int) -> str:
    return ""


@dataclass(frozen=True)
class BlockFamily:
    """All that is known of a family.

    `letter` begins its codes and `label` says it in words. `module` makes the torch module where the wiring does not
    say everything: [T, N, C, H, W] in, (spikes [T, N, C′, H′, W′], counted spikes [T]) out. It imports torch in its
    body. Such a block runs in plain torch, and its convolutions, neurons and parameters are counted by its wiring.
    `nir` says what of the block NIR lacks at a stride.
    """

    name: str
    letter: str
    label: str
    blocks: tuple[Block, ...]
    wiring: Wire
    look: Look = Look()
    refusal: Refusal = _builds_always
    module: Module | None = None
    nir: Callable[[int], NirFacts] | None = None

    def compiles(self, wiring: Wiring) -> bool:
        """Whether the compiled back ends know a block so wired; else all of its network runs in plain torch."""
        return self.module is None and compiles(wiring)

    def nir_facts(self, stride: int) -> NirFacts:
        """What of the block NIR lacks at a stride; of a module of its own nobody knows, unless `nir` says it."""
        if self.nir is not None:
            return self.nir(stride)
        return NirFacts(obstacle=f"the block {self.name} is a module of its own" if self.module else "")
