"""Findings of Na et al. 2022 as directions, each compared with the measurements here.

A direction says that one number is larger than another. It can be reproduced at a small scale, at which the paper's
values cannot.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from engine.analysis.evidence import SILENT, arm_doubts, winner_doubt
from engine.analysis.published import PUBLISHED, Column, Table
from engine.analysis.stored import analysis_at, config_at, search_at, tested_at
from engine.config.study import StudyConfig
from engine.errors import MeasureError
from engine.events import GenerationFinished, StudyFinished

TableRow = tuple[Table, str]
"""A table of the poster and the name of one of its rows."""
BLOCKS = ("SCB_k3", "SRB_k3")


@dataclass(frozen=True)
class Finding:
    """One finding of the paper. `pairs` are (larger, smaller) rows of the poster's tables, compared in `column`."""

    claim: str
    column: Column
    pairs: tuple[tuple[TableRow, TableRow], ...]


@dataclass(frozen=True)
class Spread:
    """A measured mean, its sample standard deviation (None for one training) and the number of trainings."""

    mean: float
    deviation: float | None
    n: int


@dataclass(frozen=True)
class Direction:
    """One pair of a finding: the paper's ratio of larger to smaller, and ours (None where it was not measured).

    `clear` says whether our difference exceeds two standard errors; None where a single training has no spread.
    `evidence` says what takes the evidence from our numbers: a silent network, an accuracy at chance level.
    """

    claim: str
    larger: str
    smaller: str
    column: Column
    paper: float
    here: float | None
    clear: bool | None
    evidence: str = ""

    @property
    def verdict(self) -> str:
        """Whether the direction appears in our measurements, in words."""
        if self.evidence:
            return "no evidence"
        if self.here is None:
            return "not measured"
        if self.clear is False:
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


def measured(results: Sequence[Path]) -> dict[tuple[TableRow, Column], Spread]:
    """The results of analyses, read from their folders or analysis.json files. Raises MeasureError naming the file."""
    found: dict[tuple[TableRow, Column], Spread] = {}
    for path in results:
        document = analysis_at(path)
        for arm in document.report.arms:
            for column, spread in (
                ("accuracy", arm.accuracy),
                ("spikes", arm.spikes),
                ("firing rate", arm.firing_rate),
            ):
                value = Spread(spread.mean, spread.deviation, spread.n)
                found[(document.table, arm.arm), column] = value  # type: ignore[index]
    return found


def directions(
    found: Mapping[tuple[TableRow, Column], Spread], doubts: Mapping[TableRow, str] | None = None
) -> list[Direction]:
    """Every pair of every finding, in the paper's order. `doubts` say what takes the evidence from a row."""
    paper = {((entry.table, entry.row), entry.column): entry.value for entry in PUBLISHED}
    listed = []
    for finding in FINDINGS:
        for larger, smaller in finding.pairs:
            theirs = paper[larger, finding.column], paper[smaller, finding.column]
            assert theirs[0] is not None
            assert theirs[1] is not None
            ours = found.get((larger, finding.column)), found.get((smaller, finding.column))
            here, clear = _compared(*ours)
            ratio, lost = theirs[0] / theirs[1], _lost(finding.column, larger, smaller, doubts or {})
            listed.append(Direction(finding.claim, larger[1], smaller[1], finding.column, ratio, here, clear, lost))
    return listed


def _lost(column: Column, larger: TableRow, smaller: TableRow, doubts: Mapping[TableRow, str]) -> str:
    """What takes the evidence from a pair. Spikes are counted at chance level too; a silent network has none."""
    told = [(row, doubt) for (_, row), doubt in ((pair, doubts.get(pair, "")) for pair in (larger, smaller)) if doubt]
    return "; ".join(f"{row} is {doubt}" for row, doubt in told if column == "accuracy" or doubt == SILENT)


def _compared(larger: Spread | None, smaller: Spread | None) -> tuple[float | None, bool | None]:
    """Ratio of the means (None to a mean of 0), and whether they differ by more than two standard errors."""
    if larger is None or smaller is None:
        return None, None
    ratio = larger.mean / smaller.mean if smaller.mean else None
    if larger.deviation is None or smaller.deviation is None:
        return ratio, None
    error = (larger.deviation**2 / larger.n + smaller.deviation**2 / smaller.n) ** 0.5
    return ratio, abs(larger.mean - smaller.mean) > 2 * error


def report(results: Sequence[Path]) -> dict[str, Any]:
    """Directions from analyses, and the winners of searches under several λ, as JSON values. Raises MeasureError."""
    searches = {path: told for path in results if (told := search_at(path)) is not None}
    analyses = [path for path in results if path not in searches]
    listed = directions(measured(analyses), _doubts(analyses))
    found = sorted((_search(path, *told) for path, told in searches.items()), key=lambda search: -search["lambda"])
    return {
        "scale": _scale(config_at(results[0])),
        "directions": [{**vars(direction), "verdict": direction.verdict} for direction in listed],
        "searches": found,
    }


def _search(path: Path, winner: StudyFinished, generations: Sequence[GenerationFinished]) -> dict[str, Any]:
    seen = {candidate.id: candidate for generation in generations for candidate in generation.candidates}
    if winner.candidate not in seen:
        raise MeasureError(f"{path}: its events hold no candidate {winner.candidate}, which won")
    return {
        "lambda": config_at(path).search.fitness_lambda,
        "architecture": winner.architecture,
        "search_accuracy": seen[winner.candidate].accuracy,
        "search_spikes": seen[winner.candidate].spikes,
        "test_accuracy": winner.test_accuracy,
        "test_spikes": winner.test_spikes,
        "evidence": winner_doubt(config_at(path), winner, tested_at(path)),
    }


def _doubts(analyses: Sequence[Path]) -> dict[TableRow, str]:
    """What takes the evidence from each measured row."""
    found: dict[TableRow, str] = {}
    for path in analyses:
        document = analysis_at(path)
        lost = arm_doubts(config_at(path), document.report.arms, tested_at(path))
        found |= {(document.table, arm): doubt for arm, doubt in lost.items()}  # type: ignore[misc]
    return found


def _scale(config: StudyConfig) -> str:
    """The scale of the measurements: data set, training images, time steps, epochs."""
    count = config.data.train_samples
    images = "all" if count is None else f"{count:,}"
    return (
        f"{config.data.info.title}, {images} training images, T = {config.network.time_steps}, "
        f"{config.retrain.epochs} epochs, test split"
    )
