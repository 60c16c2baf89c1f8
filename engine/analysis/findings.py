"""Findings of Na et al. 2022 as directions, each compared with the measurements here.

A direction says that one number is larger than another. It can be reproduced at a small scale, at which the paper's
values cannot.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from engine.analysis.evidence import SILENT, arm_doubts, winner_doubt
from engine.analysis.published import PUBLISHED, Column, Table
from engine.config.catalog import CATALOG
from engine.errors import MeasureError

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
        document = _document(path)
        table = document["study"]["analysis"]["table"]
        for arm in document["report"]["arms"]:
            for column, key in (("accuracy", "accuracy"), ("spikes", "spikes"), ("firing rate", "firing_rate")):
                spread = arm[key]
                value = Spread(spread["mean"], spread["deviation"], spread["n"])
                found[(table, arm["arm"]), column] = value  # type: ignore[index]
    return found


def _document(path: Path) -> dict[str, Any]:
    places = [path, path / "analysis.json", path / "result" / "analysis.json"]
    file = next((place for place in places if place.is_file()), None)
    if file is None:
        raise MeasureError(f"{path}: holds no analysis.json; give the folders of finished analyses")
    try:
        document: dict[str, Any] = json.loads(file.read_text())
        document["report"]["arms"], document["study"]["analysis"]["table"]
    except (ValueError, KeyError, TypeError) as error:
        raise MeasureError(f"{file}: is no analysis of this software: {error}") from error
    return document


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
    searches = [path for path in results if (path / "events.jsonl").is_file() and _winner(path) is not None]
    analyses = [path for path in results if path not in searches]
    listed = directions(measured(analyses), _doubts(analyses))
    found = sorted((_search(path) for path in searches), key=lambda search: -search["lambda"])
    return {
        "scale": _scale(_config(results[0])),
        "directions": [{**vars(direction), "verdict": direction.verdict} for direction in listed],
        "searches": found,
    }


def _search(path: Path) -> dict[str, Any]:
    config, winner = _config(path), _winner(path)
    assert winner is not None
    candidates = [c for event in _events(path) for c in event.get("candidates", []) if c["id"] == winner["candidate"]]
    strength = config["search"]["fitness_lambda"]
    return {
        "lambda": strength,
        "architecture": winner["architecture"],
        "search_accuracy": candidates[0]["accuracy"],
        "search_spikes": candidates[0]["spikes"],
        "test_accuracy": winner["test_accuracy"],
        "test_spikes": winner["test_spikes"],
        "evidence": winner_doubt(config, winner, _tested(path)),
    }


def _doubts(analyses: Sequence[Path]) -> dict[TableRow, str]:
    """What takes the evidence from each measured row."""
    found: dict[TableRow, str] = {}
    for path in analyses:
        document = _document(path)
        table = document["study"]["analysis"]["table"]
        found |= {(table, arm): lost for arm, lost in arm_doubts(document, _tested(path)).items()}
    return found


def _tested(path: Path) -> int | None:
    """Test samples of the study in a folder; None where its events are not beside it."""
    if not (path / "events.jsonl").is_file():
        return None
    started = next((event for event in _events(path) if event["kind"] == "study_started"), None)
    return None if started is None else int(started["test_samples"])


def _config(path: Path) -> dict[str, Any]:
    file = path / "study.json"
    if not file.is_file():
        return dict(_document(path)["study"])
    found: dict[str, Any] = json.loads(file.read_text())
    return found


def _winner(path: Path) -> dict[str, Any] | None:
    return next((event for event in _events(path) if event["kind"] == "study_finished"), None)


def _events(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (path / "events.jsonl").read_text().splitlines()]


def _scale(config: Mapping[str, Any]) -> str:
    """The scale of the measurements: data set, training images, time steps, epochs."""
    data = config["data"]
    images = "all" if data["train_samples"] is None else f"{data['train_samples']:,}"
    return (
        f"{CATALOG[data['dataset']].title}, {images} training images, T = {config['network']['time_steps']}, "
        f"{config['retrain']['epochs']} epochs, test split"
    )
