"""The report of an analysis: distributions, the comparison with the paper, the supernet's rank correlation."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from typing import get_args

from engine.analysis.published import Cell, Column, Measured, Table, paper_and_here
from engine.config.study import StudyConfig
from engine.errors import MeasureError
from engine.events import AnalysisFinished, ArmResult, PaperAndHere, Spread, TrainingFinished, Trust
from engine.metrics.distributions import distribution
from engine.metrics.rank_correlation import RankCorrelation, rank_correlation

IN_POSTERS_UNIT: dict[Column, float] = {"accuracy": 100.0, "spikes": 1.0, "firing rate": 1.0}
"""Factors from our units to the poster's: accuracy 0…1 to per cent."""


def report(config: StudyConfig, done: Sequence[TrainingFinished]) -> AnalysisFinished:
    """The last event of an analysis, from its trainings. Raises MeasureError where results are not finite."""
    arms = tuple(_arm(label, done) for label in dict.fromkeys(training.arm for training in done))
    table = config.analysis.table if config.analysis else None
    sample = [(one.search_accuracy, one.test_accuracy) for one in done if one.search_accuracy is not None]
    trust, note = trust_of(config.seed, sample)
    return AnalysisFinished(arms=arms, comparison=_compared(table, arms) if table else (), trust=trust, note=note)


def _arm(label: str, done: Sequence[TrainingFinished]) -> ArmResult:
    mine = [training for training in done if training.arm == label]
    return ArmResult(
        arm=label,
        seeds=tuple(dict.fromkeys(training.seed for training in mine)),
        epochs=mine[0].epochs,
        accuracy=_spread([training.test_accuracy for training in mine]),
        spikes=_spread([training.test_spikes for training in mine]),
        firing_rate=_spread([training.firing_rate for training in mine]),
    )


def _spread(values: Sequence[float]) -> Spread:
    found = distribution(values)
    return Spread(n=found.n, mean=found.mean, deviation=found.deviation, minimum=found.minimum, maximum=found.maximum)


def _compared(table: Table, arms: Sequence[ArmResult]) -> tuple[PaperAndHere, ...]:
    """Every row of the poster's table; an arm is compared where its label is the name of a row."""
    rows = {line.paper.row for line in paper_and_here(table, {})}
    columns = {(line.paper.row, line.paper.column) for line in paper_and_here(table, {})}
    measured: dict[Cell, Measured] = {}
    for arm in arms:
        if arm.arm not in rows:
            continue
        spreads: dict[Column, Spread] = {"accuracy": arm.accuracy, "spikes": arm.spikes, "firing rate": arm.firing_rate}
        for column in get_args(Column):
            if (arm.arm, column) in columns:
                measured[arm.arm, column] = _measured(spreads[column], IN_POSTERS_UNIT[column], arm)
    return tuple(
        PaperAndHere(
            row=line.paper.row,
            quantity=line.paper.column,
            unit=line.paper.unit,
            paper=line.paper.value,
            here=line.here.value if line.here else None,
            tag=line.here.tag if line.here else "",
        )
        for line in paper_and_here(table, measured)
    )


def _measured(spread: Spread, scale: float, arm: ArmResult) -> Measured:
    deviation = None if spread.deviation is None else spread.deviation * scale
    return Measured(spread.mean * scale, "test", arm.epochs, arm.seeds, spread.n, deviation)


def trust_of(seed: int, pairs: Sequence[tuple[float, float]]) -> tuple[Trust | None, str]:
    """Rank correlation of (estimate, stand-alone accuracy), or the reason why it is undefined; nothing of no pair."""
    if not pairs:
        return None, ""
    try:
        found = rank_correlation([one for one, _ in pairs], [other for _, other in pairs], seed=seed)
    except MeasureError as error:
        return None, str(error)
    return _trust(found), ""


def _trust(found: RankCorrelation) -> Trust:
    return Trust(
        tau=found.tau,
        low=found.low,
        high=found.high,
        confidence=found.confidence,
        n=found.n,
        p_value=found.p_value,
        better_than_chance=found.better_than_chance,
    )


FURTHER = ("validation_accuracy", "validation_spikes", "effective_macs", "effective_acs")


def as_csv(done: Sequence[TrainingFinished]) -> str:
    """One CSV line per training, in order; columns of `FURTHER` only where the analysis measured them."""
    further = [name for name in FURTHER if any(getattr(training, name) is not None for training in done)]
    columns = (
        *("arm", "architecture", "seed", "epochs", "test_accuracy", "test_spikes", "firing_rate", "parameters"),
        *("search_accuracy", *further),
    )
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    for training in done:
        values = (getattr(training, name) for name in columns)
        writer.writerow("" if value is None else value for value in values)
    return text.getvalue()


def as_json(config: StudyConfig, done: Sequence[TrainingFinished], finished: AnalysisFinished) -> str:
    """The whole analysis as JSON: config, report and every training."""
    document = {
        "format": "autosnn-studio-analysis/1",
        "study": config.model_dump(mode="json"),
        "report": finished.model_dump(mode="json"),
        "trainings": [training.model_dump(mode="json") for training in done],
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"
