"""Architectures, and the search space that a macro architecture and its candidate blocks span."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from engine.blocks.registry import BLOCKS, BY_CODE
from engine.errors import ArchitectureError
from engine.space.macro import MacroArchitecture

MAX_ENUMERATED = 1_000_000


@dataclass(frozen=True)
class Architecture:
    """One point of a search space: the block of every searched layer, in order."""

    blocks: tuple[str, ...]

    @property
    def code(self) -> str:
        """The genome, e.g. `R5-S-C3`: stable across studies, safe in a URL."""
        return "-".join(BLOCKS[name].code for name in self.blocks)

    @classmethod
    def from_code(cls, code: str) -> Architecture:
        """Read a genome. Raises ArchitectureError naming the first unknown letter."""
        parts = code.split("-") if code else []
        for part in parts:
            if part not in BY_CODE:
                raise ArchitectureError(f"genome {code[:80]!r}: {part[:12]!r} is not one of {', '.join(BY_CODE)}")
        return cls(tuple(BY_CODE[part].name for part in parts))

    def changes_from(self, other: Architecture) -> tuple[int, ...]:
        """Indices of the searched layers in which the two differ."""
        return tuple(i for i, (a, b) in enumerate(zip(self.blocks, other.blocks, strict=True)) if a != b)


@dataclass(frozen=True)
class SearchSpace:
    """Every architecture a macro architecture and its candidate blocks allow."""

    macro: MacroArchitecture
    candidates: tuple[str, ...]

    @property
    def choices(self) -> tuple[tuple[str, ...], ...]:
        """The candidate blocks of each searched layer, in order."""
        searched = (layer for layer in self.macro.layers if layer.kind == "search")
        return tuple(layer.candidates or self.candidates for layer in searched)

    @property
    def size(self) -> int:
        """The exact number of architectures."""
        total = 1
        for blocks in self.choices:
            total *= len(blocks)
        return total

    def __contains__(self, architecture: object) -> bool:
        if not isinstance(architecture, Architecture) or len(architecture.blocks) != len(self.choices):
            return False
        return all(b in allowed for b, allowed in zip(architecture.blocks, self.choices, strict=True))

    def require(self, architecture: Architecture) -> Architecture:
        """Return the architecture, or raise ArchitectureError naming the layer that does not fit."""
        if len(architecture.blocks) != len(self.choices):
            raise ArchitectureError(
                f"{architecture.code!r} has {len(architecture.blocks)} blocks; the space searches {len(self.choices)}"
            )
        for i, (block, allowed) in enumerate(zip(architecture.blocks, self.choices, strict=True)):
            if block not in allowed:
                raise ArchitectureError(f"searched layer {i + 1}: {block} is not one of {', '.join(allowed)}")
        return architecture

    def enumerate(self) -> Iterator[Architecture]:
        """All architectures in lexicographic order of their choices."""
        return map(Architecture, itertools.product(*self.choices))

    def index(self, architecture: Architecture) -> int:
        """Position of an architecture in `enumerate()`; the inverse of `at`."""
        position = 0
        for block, allowed in zip(self.require(architecture).blocks, self.choices, strict=True):
            position = position * len(allowed) + allowed.index(block)
        return position

    def at(self, index: int) -> Architecture:
        """The architecture at a position of `enumerate()`."""
        if not 0 <= index < self.size:
            raise ArchitectureError(f"index {index} is outside 0…{self.size - 1}")
        blocks: list[str] = []
        for allowed in reversed(self.choices):
            index, digit = divmod(index, len(allowed))
            blocks.append(allowed[digit])
        return Architecture(tuple(reversed(blocks)))

    def sample(self, rng: random.Random) -> Architecture:
        """An architecture drawn uniformly."""
        return Architecture(tuple(rng.choice(blocks) for blocks in self.choices))

    def mutate(self, parent: Architecture, probability: float, rng: random.Random) -> Architecture:
        """Each searched layer changes, with `probability`, to another of its blocks (Na et al. 2022, section 4.3)."""
        pairs = zip(parent.blocks, self.choices, strict=True)
        return Architecture(tuple(_mutated(block, allowed, probability, rng) for block, allowed in pairs))

    def cross_over(self, first: Architecture, second: Architecture, cut: int) -> Architecture:
        """Single-point crossover: the first parent's `cut` leading blocks, then the second's."""
        return Architecture(first.blocks[:cut] + second.blocks[cut:])

    def draw_cut(self, rng: random.Random) -> int:
        """A cut between two searched layers, drawn uniformly; behind the only one where there is but one."""
        searched = len(self.choices)
        return rng.randrange(1, searched) if searched > 1 else searched

    def draw_cut_of_all_layers(self, rng: random.Random) -> int:
        """The reference's cut: drawn uniformly between all layers, pools included; returns the searched ones before it.

        On SNN_1 to SNN_4 but SNN_3 these are 1 to 5 with probabilities 2/7, 1/7, 2/7, 1/7, 1/7; 5 copies the first
        parent. With one layer there is no cut.
        """
        layers = self.macro.layers
        end = rng.randrange(1, len(layers)) if len(layers) > 1 else 1
        return sum(layer.kind == "search" for layer in layers[:end])


def _mutated(block: str, allowed: Sequence[str], probability: float, rng: random.Random) -> str:
    others = [name for name in allowed if name != block]
    return rng.choice(others) if others and rng.random() < probability else block


def genome_strip(macro: MacroArchitecture, architecture: Architecture) -> str:
    """The genome with the macro architecture's pools as bars, e.g. `R5 | R5 S | R3 R5`: for people to read."""
    codes = iter(BLOCKS[name].code for name in architecture.blocks)
    cells: Sequence[str] = [next(codes) if layer.kind == "search" else "|" for layer in macro.layers]
    return " ".join(cells).strip(" |").replace("| |", "|")
