"""The content of a study's printable report, as text for its template."""

from __future__ import annotations

import json
import platform
from importlib.metadata import version
from typing import Any

from engine.figures.facts import warnings_of
from engine.figures.front import front_size
from engine.figures.genome import genome_size, portrait, winner
from engine.figures.kit import names
from engine.figures.method import method
from engine.figures.record import RETRAINED, SEARCHED, Evaluated, Record
from engine.rows.columns import COLUMNS
from webapp.compare.differences import flat
from webapp.studies.files import workdir
from webapp.studies.models import Event, Study

FRONT_ROWS = 40
"""Members of the front in the report; the paper kit's CSV holds all."""


def report(study: Study, record: Record) -> dict[str, Any]:
    """The template's context."""
    members = record.front
    best = record.fittest
    return {
        "study": study,
        "record": record,
        "results": _results(record),
        "winner_size": genome_size(winner(record)) if record.finished else None,
        "front_size": front_size(record),
        "front": [_member(record, one, one is best) for one in members[:FRONT_ROWS]],
        "front_left_out": max(0, len(members) - FRONT_ROWS),
        "arms": _arms(study),
        "warnings": warnings_of(record),
        "method": method(record).strip().split("\n"),
        "config": flat(record.config),
        "environment": _environment(study, record),
        "files": names(record),
        "rows": tuple(COLUMNS),
    }


def _results(record: Record) -> list[dict[str, str]]:
    """The winner as evaluated in the search and as retrained; each line with its split and weights."""
    lines = []
    if best := record.fittest:
        lines.append(
            _result(best.architecture, SEARCHED, best.accuracy, best.spikes, best.firing_rate, best.parameters)
        )
    if won := record.finished:
        found = (won.architecture, RETRAINED, won.test_accuracy, won.test_spikes, won.firing_rate, won.parameters)
        lines.append(_result(*found))
    return lines


def _result(code: str, tag: str, accuracy: float, spikes: float, rate: float, parameters: int) -> dict[str, str]:
    return {
        "architecture": code,
        "tag": tag,
        "accuracy": f"{accuracy:.2%}",
        "spikes": f"{spikes:,.1f}",
        "rate": f"{rate:.4f}",
        "parameters": f"{parameters:,}",
    }


def _member(record: Record, one: Evaluated, fittest: bool) -> dict[str, Any]:
    line = _result(one.architecture, SEARCHED, one.accuracy, one.spikes, one.firing_rate, one.parameters)
    rest = {"fitness": f"{one.fitness:.4f}", "generation": one.generation + 1, "fittest": fittest}
    return line | rest | {"size": genome_size(portrait(record, one))}


def _arms(study: Study) -> list[dict[str, str]]:
    """The arms of an analysis, or of the trainings after a search: mean ± deviation on the test split."""
    found = Event.objects.filter(study=study, kind="analysis_finished").values_list("payload", flat=True).first()
    return [
        {
            "arm": arm["arm"],
            "n": arm["accuracy"]["n"],
            "epochs": arm["epochs"],
            "accuracy": _spread(arm["accuracy"], 100, 2) + " %",
            "spikes": _spread(arm["spikes"], 1, 1),
        }
        for arm in (found["arms"] if found else [])
    ]


def _spread(values: dict[str, Any], scale: float, digits: int) -> str:
    mean = f"{scale * values['mean']:,.{digits}f}"
    return mean if values["deviation"] is None else f"{mean} ± {scale * values['deviation']:,.{digits}f}"


def _environment(study: Study, record: Record) -> list[tuple[str, str]]:
    """Where it ran, and everything its exact numbers depend on."""
    config, started = record.config, record.started
    lines = [
        ("config SHA-256", record.digest),
        ("seed", f"{config.seed} (split, initial weights, paths, search and retraining are all derived from it)"),
        ("CPU threads", str(config.runtime.threads)),
    ]
    if started is not None:
        lines.append(("device", started.device))
        if config.runtime.precision != "float32":
            lines.append(("convolutions in", config.runtime.precision))
        lines.append(("data SHA-256", started.data_digest))
        splits = f"{started.train_samples:,} / {started.validation_samples:,} / {started.test_samples:,}"
        lines.append(("training / validation / test samples", splits))
    if record.finished is not None:
        lines.append(("network SHA-256", record.finished.sha256))
    if trained := _trained_with(study):
        lines.append(("PyTorch that trained the winner", trained))
    lines.append(("installed on this server now", f"Python {platform.python_version()}, PyTorch {version('torch')}"))
    lines.append(("computing time", f"{study.compute_seconds:,.0f} s"))
    return lines


def _trained_with(study: Study) -> str:
    """The PyTorch version in the winner's package; empty without a package."""
    path = workdir(study.id) / "result" / "config.json"
    return str(json.loads(path.read_text()).get("torch", "")) if path.is_file() else ""
