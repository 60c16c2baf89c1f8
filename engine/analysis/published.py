"""The tables of the AutoSNN poster as data, and tables that compare them with our measurements.

Source: Na et al., "AutoSNN: Towards Energy-Efficient Spiking Neural Networks", ICML 2022, its poster.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from engine.errors import MeasureError

Table = Literal["base", "blocks", "regularisation", "transfer"]
Column = Literal["accuracy", "spikes", "firing rate"]
Cell = tuple[str, Column]
"""Row and column of a table."""

TITLES: dict[Table, str] = {
    "base": "Base architectures, CIFAR-10: GAP and down-sampling",
    "blocks": "Blocks in SNN_1, CIFAR-10",
    "regularisation": "Blocks in SNN_1 with spike regularisation, CIFAR-10",
    "transfer": "Transfer to other data sets",
}
UNITS: dict[Column, str] = {"accuracy": "%", "spikes": "spikes/image", "firing rate": "spikes/site/step"}
POSTER = "Na et al., ICML 2022, poster"
QUOTED = f"{POSTER}, accuracy quoted there from the system's own paper"
K = 1000.0
"""The poster gives spikes in thousands."""


@dataclass(frozen=True)
class Published:
    """One number of the poster. `value` is None where the poster's cell is empty."""

    table: Table
    row: str
    column: Column
    value: float | None
    unit: str
    source: str


@dataclass(frozen=True)
class Measured:
    """One number measured here, in the unit of its column, with the conditions of its measurement.

    `n` is the number of results averaged and `spread` their sample standard deviation: None where n = 1.
    """

    value: float
    split: Literal["train", "validation", "test"]
    epochs: int
    seeds: tuple[int, ...]
    n: int
    spread: float | None

    def __post_init__(self) -> None:
        if self.n < 1 or self.epochs < 1 or not self.seeds:
            raise MeasureError(
                f"measured: n and epochs must be at least 1 and seeds not empty, got n {self.n}, epochs {self.epochs}, "
                f"seeds {self.seeds}"
            )
        if (self.spread is None) != (self.n == 1):
            raise MeasureError(f"measured: spread must be given for n > 1 and only then, got n {self.n}, {self.spread}")
        if not all(math.isfinite(number) for number in (self.value, self.spread or 0.0)):
            raise MeasureError(f"measured: value and spread must be finite, got {self.value} and {self.spread}")

    @property
    def tag(self) -> str:
        """Split, epochs, seeds, n and spread in one line; of more than four seeds the first and the last."""
        seeds = ", ".join(map(str, self.seeds)) if len(self.seeds) <= 4 else f"{self.seeds[0]} … {self.seeds[-1]}"
        spread = "no spread" if self.spread is None else f"sd {self.spread:.3g}"
        named = "seed" if len(self.seeds) == 1 else "seeds"
        return f"{self.split}, {self.epochs} epochs, {named} {seeds}, n = {self.n}, {spread}"


@dataclass(frozen=True)
class Comparison:
    """One line of a table 'paper | here'. `here` is None where nothing was measured."""

    paper: Published
    here: Measured | None


def _cells(table: Table, row: str, values: Mapping[Column, float | None], source: str = POSTER) -> Iterator[Published]:
    for column, value in values.items():
        yield Published(table, row, column, value, UNITS[column], source)


def _base() -> Iterator[Published]:
    for macro, scb, srb in (
        ("SNN_1", (86.93, 154), (87.54, 146)),
        ("SNN_2", (85.05, 168), (85.82, 168)),
        ("SNN_3", (87.94, 222), (89.18, 221)),
        ("SNN_4", (79.59, 293), (83.79, 291)),
    ):
        for block, (accuracy, spikes) in (("SCB_k3", scb), ("SRB_k3", srb)):
            yield from _cells("base", f"{macro} {block}", {"accuracy": accuracy, "spikes": spikes * K})


def _blocks() -> Iterator[Published]:
    for block, accuracy, spikes, rate in (
        ("SCB_k3", 86.93, 154, 0.18),
        ("SRB_k3", 87.54, 146, 0.17),
        ("SIB_k3_e1", 81.07, 243, 0.23),
        ("SIB_k3_e3", 88.45, 374, 0.17),
    ):
        yield from _cells("blocks", block, {"accuracy": accuracy, "spikes": spikes * K, "firing rate": rate})


def _regularisation() -> Iterator[Published]:
    for block, *results in (
        ("SCB_k3", (64.36, 83), (79.09, 84), (86.39, 124)),
        ("SRB_k3", (72.76, 49), (83.25, 70), (86.59, 109)),
        ("SIB_k3_e1", (56.61, 89), (73.54, 119), (81.05, 155)),
        ("SIB_k3_e3", (74.71, 136), (84.59, 186), (87.61, 249)),
    ):
        for strength, (accuracy, spikes) in zip(("1", "0.1", "0.01"), results, strict=True):
            values: dict[Column, float | None] = {"accuracy": accuracy, "spikes": spikes * K}
            yield from _cells("regularisation", f"{block} λ_reg {strength}", values)


def _transfer() -> Iterator[Published]:
    for data, system, channels, accuracy, spikes in (
        ("CIFAR-100", "Fang 2021", 256, 66.83, 716),
        ("CIFAR-100", "AutoSNN", 64, 69.16, 326),
        ("SVHN", "Fang 2021", 256, 91.38, 462),
        ("SVHN", "AutoSNN", 64, 91.74, 215),
        ("Tiny-ImageNet-200", "Fang 2021", 256, 45.43, 1724),
        ("Tiny-ImageNet-200", "AutoSNN†", 64, 46.79, 680),
        ("CIFAR10-DVS", "Wu 2019b", 128, 60.50, None),
        ("CIFAR10-DVS", "Fang 2021", 128, 69.10, 4521),
        ("CIFAR10-DVS", "Zheng 2021", 64, 66.10, 1550),
        ("CIFAR10-DVS", "AutoSNN†", 16, 72.50, 1269),
        ("DVS128-Gesture", "He 2020", 64, 93.40, None),
        ("DVS128-Gesture", "Kaiser 2020", 64, 95.54, None),
        ("DVS128-Gesture", "Fang 2021", 128, 95.49, 1459),
        ("DVS128-Gesture", "Zheng 2021", 64, 96.53, 1667),
        ("DVS128-Gesture", "AutoSNN†", 16, 96.53, 423),
    ):
        values: dict[Column, float | None] = {"accuracy": accuracy, "spikes": None if spikes is None else spikes * K}
        source = QUOTED if spikes is None else POSTER
        yield from _cells("transfer", f"{data} {system} C={channels}", values, source)


PUBLISHED: tuple[Published, ...] = (*_base(), *_blocks(), *_regularisation(), *_transfer())


def paper_and_here(table: Table, measured: Mapping[Cell, Measured]) -> list[Comparison]:
    """Every cell of a table in the poster's order, each with the value measured here, if there is one.

    Raises MeasureError for a measured cell that the poster's table does not have.
    """
    cells = [entry for entry in PUBLISHED if entry.table == table]
    unknown = set(measured) - {(entry.row, entry.column) for entry in cells}
    if unknown:
        row, column = min(unknown)
        raise MeasureError(f"table {table!r} has no row {row!r} with column {column!r}")
    return [Comparison(entry, measured.get((entry.row, entry.column))) for entry in cells]
