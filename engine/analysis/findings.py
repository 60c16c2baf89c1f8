"""Findings of Na et al. 2022 as directions, each compared with the measurements here.

A direction says that one number is larger than another. It can be reproduced at a small scale, at which the paper's
values cannot.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from engine.analysis.evidence import SILENT, arm_doubts
from engine.analysis.published import PUBLISHED, Column, Table
from engine.analysis.stored import Trained, analysis_at, config_at, tested_at
from engine.errors import MeasureError
from engine.metrics.ratio import Ratio, paired_ratio

TableRow = tuple[Table, str]
"""A table of the poster and the name of one of its rows."""
BLOCKS = ("SCB_k3", "SRB_k3")


@dataclass(frozen=True)
class Finding:
    """One finding of the paper. `pairs` are (larger, smaller) rows of the poster's tables, compared in `column`."""

    claim: str
    column: Column
    pairs: tuple[tuple[TableRow, TableRow], ...]


BySeed = dict[int, float]
"""Results of one row in one column, by the seed of their training."""
Found = dict[tuple[TableRow, Column], BySeed]


@dataclass(frozen=True)
class Direction:
    """One pair of a finding: the paper's ratio of larger to smaller, and ours (None where it was not measured).

    `here` is the geometric mean of the ratios of `n` seeds, `low` and `high` bound it at 95 % (None of one seed), and
    `clear` says whether they leave out 1. `evidence` says what takes the evidence from our numbers: a silent network,
    an accuracy at chance level.
    """

    claim: str
    larger: str
    smaller: str
    column: Column
    paper: float
    here: float | None
    low: float | None
    high: float | None
    n: int
    clear: bool | None
    evidence: str = ""

    @property
    def verdict(self) -> str:
        """Whether the direction appears in our measurements, in words."""
        if self.evidence:
            return "no evidence"
        if self.here is None:
            return "not measured"
        if self.clear is None:
            return "one seed, same direction" if self.here > 1 else "one seed, other direction"
        if not self.clear:
            return "not clear"
        return "appears" if self.here > 1 else "does not appear"


def _base(one: str, other: str) -> tuple[tuple[TableRow, TableRow], ...]:
    return tuple((("base", f"{one} {block}"), ("base", f"{other} {block}")) for block in BLOCKS)


def _over_scb(*blocks: str) -> tuple[tuple[TableRow, TableRow], ...]:
    return tuple((("blocks", block), ("blocks", "SCB_k3")) for block in blocks)


def _regularised(stronger: str) -> tuple[tuple[TableRow, TableRow], ...]:
    blocks = (*BLOCKS, "SIB_k3_e1", "SIB_k3_e3")
    return tuple((("blocks", block), ("regularisation", f"{block} λ_reg {stronger}")) for block in blocks)


FINDINGS: tuple[Finding, ...] = (
    Finding("global average pooling costs accuracy", "accuracy", _base("SNN_1", "SNN_2")),
    Finding("global average pooling fires more", "spikes", _base("SNN_2", "SNN_1")),
    Finding("average-pool down-sampling costs accuracy", "accuracy", _base("SNN_1", "SNN_4")),
    Finding("average-pool down-sampling fires more", "spikes", _base("SNN_4", "SNN_1")),
    Finding("strided down-sampling fires more", "spikes", _base("SNN_3", "SNN_1")),
    Finding("inverted bottlenecks fire more", "spikes", _over_scb("SIB_k3_e1", "SIB_k3_e3")),
    Finding("λ_reg = 0.01 lowers spikes", "spikes", _regularised("0.01")),
    Finding("λ_reg = 1 lowers spikes", "spikes", _regularised("1")),
    Finding("λ_reg = 1 costs accuracy", "accuracy", _regularised("1")),
)


SAME: dict[TableRow, TableRow] = {("blocks", block): ("base", f"SNN_1 {block}") for block in BLOCKS}
"""Rows of two tables that are one network: a block in every layer of SNN_1."""


def measured(results: Sequence[Path]) -> Found:
    """The results of analyses, read from their folders or analysis.json files. Raises MeasureError naming the file.

    Several analyses may hold seeds of one row.
    """
    found: Found = {}
    for path in results:
        document = analysis_at(path)
        for trained in document.trainings:
            row: TableRow = (document.table, trained.arm)  # type: ignore[assignment]
            for column, value in _columns(trained):
                mine = found.setdefault((row, column), {})
                if mine.get(trained.seed, value) != value:
                    raise MeasureError(f"{path}: another result has {trained.arm} with seed {trained.seed} too")
                mine[trained.seed] = value
    return found


def _columns(trained: Trained) -> Iterator[tuple[Column, float]]:
    yield "accuracy", trained.test_accuracy
    yield "spikes", trained.test_spikes
    yield "firing rate", trained.firing_rate


def directions(found: Found, doubts: Mapping[TableRow, str] | None = None) -> list[Direction]:
    """Every pair of every finding, in the paper's order. `doubts` say what takes the evidence from a row."""
    paper = {((entry.table, entry.row), entry.column): entry.value for entry in PUBLISHED}
    listed = []
    for finding in FINDINGS:
        column = finding.column
        for larger, smaller in finding.pairs:
            theirs = paper[larger, column], paper[smaller, column]
            assert theirs[0] is not None
            assert theirs[1] is not None
            ours = _compared(_of(larger, column, found), _of(smaller, column, found))
            listed.append(
                Direction(
                    finding.claim, larger[1], smaller[1], column, theirs[0] / theirs[1], *ours,
                    evidence=_lost(column, larger, smaller, doubts or {}),
                )
            )  # fmt: skip
    return listed


def _of(row: TableRow, column: Column, found: Found) -> BySeed:
    """Results of a row, or of the row of another table that is the same network."""
    return found.get((row, column)) or found.get((SAME.get(row, row), column)) or {}


def _compared(larger: BySeed, smaller: BySeed) -> tuple[float | None, float | None, float | None, int, bool | None]:
    """Ratio, its bounds, the number of seeds, and whether the bounds leave out 1."""
    ratio: Ratio | None = paired_ratio(larger, smaller)
    return (None, None, None, 0, None) if ratio is None else (ratio.value, ratio.low, ratio.high, ratio.n, ratio.clear)


def _lost(column: Column, larger: TableRow, smaller: TableRow, doubts: Mapping[TableRow, str]) -> str:
    """What takes the evidence from a pair. Spikes are counted at chance level too; a silent network has none."""
    told = [(row[1], doubts.get(row) or doubts.get(SAME.get(row, row), "")) for row in (larger, smaller)]
    return "; ".join(f"{row} is {doubt}" for row, doubt in told if doubt and (column == "accuracy" or doubt == SILENT))


def doubts(analyses: Sequence[Path]) -> dict[TableRow, str]:
    """What takes the evidence from each measured row. Raises MeasureError naming the file."""
    found: dict[TableRow, str] = {}
    for path in analyses:
        document = analysis_at(path)
        lost = arm_doubts(config_at(path), document.arms, tested_at(path))
        found |= {(document.table, arm): doubt for arm, doubt in lost.items()}  # type: ignore[misc]
    return found
