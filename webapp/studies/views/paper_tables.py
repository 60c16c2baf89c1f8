"""The page /docs/tables: how to reproduce each table of the paper, and the results here at a small scale."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from engine.analysis.published import PUBLISHED, TITLES, Table
from engine.config.presets import PRESETS, Preset
from engine.config.presets_analysis import FOUND

MEASURED = Path(settings.BASE_DIR) / "docs" / "measured"
DOCUMENTS = ("findings.json", "directions.json")
"""What `python -m engine directions` printed: on the digits, and on CIFAR-10 cut to two cores."""


@dataclass(frozen=True)
class Section:
    """One table: its finding, its presets, its claims in `engine.analysis.findings`, and an observation on the numbers
    measured here.
    """

    table: Table | None
    title: str
    finding: str
    presets: tuple[str, ...]
    findings: tuple[str, ...] = ()
    observed: str = ""


SEARCHES = "Search under λ"
SECTIONS = (
    Section(
        "base", TITLES["base"],
        "Global average pooling, average-pool and strided down-sampling cost accuracy or spikes; max-pool is best.",
        ("table-base", "scaled-base", "findings-base"),
        ("global average pooling", "average-pool", "strided"),
        "On CIFAR-10, after five epochs no layer behind the first average pool fires, nor behind the global one. So "
        "accuracy stays at chance (10%), and the few spikes all come before the pool. A pool's neuron reads a mean "
        "of spikes, at most 1. After t steps its potential is at most 1 − (1 − σ(w))ᵗ, below the threshold of 1 for "
        "every w: in exact arithmetic it never fires, however long it is trained. In float32 the potential of a "
        "patch that always fires rounds to 1 where (1 − σ(w))ᵗ ≤ 2⁻²⁵: within T = 8 from w = 2.04 on, within T = 4 "
        "from w = 4.32 on; in float64 from 4.67 and 9.36 on. Training starts from w = 0. So all spikes behind such "
        "a pool depend on the precision, where PLIF has the threshold 1. Strided blocks fire at a lower rate here "
        "(0.03 to 0.04) than the others (0.05).",
    ),
    Section(
        "blocks", TITLES["blocks"], "Inverted bottlenecks fire more than plain and residual blocks.",
        ("table-blocks", "scaled-blocks", "findings-blocks"), ("inverted",),
    ),
    Section(
        "regularisation", TITLES["regularisation"], "A penalty on spikes lowers them, and accuracy with them.",
        ("table-regularisation", "scaled-regularisation", "findings-regularisation"), ("λ_reg",),
    ),
    Section(
        None, SEARCHES, "The more negative λ, the fewer spikes the architecture found fires.",
        ("lambda-0", "paper-cifar10", "lambda-0.16", "lambda-0.24", "scaled-lambda-0", "scaled-lambda-0.08",
         "scaled-lambda-0.16", "scaled-lambda-0.24", "digits-exhaustive"),
        observed="On CIFAR-10, each search evaluates 400 of 3,125 architectures. At λ = −0.16 the search never "
        "evaluated R5-R5-S-C5-C3, which has a higher fitness there than its winner. The four searches evaluated 952 "
        "architectures together; the fittest of them fires 21,364 spikes at λ = 0 and 17,469 at the three others. "
        "The direction appears, but a single search of this size can miss it.",
    ),
    Section(
        None, "Found architectures, widths and baselines",
        "The architectures the paper's searches found, from scratch; AutoSNN at several widths beside the baselines.",
        ("found", "transfer-width"),
    ),
    Section(
        "transfer", TITLES["transfer"], "AutoSNN's architecture is more accurate with fewer spikes elsewhere too.",
        ("table-transfer",),
    ),
    Section(
        None, "Search-space quality", "100 random architectures of each space as distributions of accuracy and spikes.",
        ("space-quality", "digits-space"),
    ),
    Section(None, "Search in the ANN space", "The same space with ReLU, T = 1 and no voting layer.", ("ann-space",)),
)  # fmt: skip


@require_safe
def tables(request: HttpRequest) -> HttpResponse:
    """The page /docs/tables."""
    documents = [_measured(name) for name in DOCUMENTS]
    sections = [
        {
            "title": section.title,
            "finding": section.finding,
            "presets": [_preset(PRESETS[key]) for key in section.presets],
            "observed": section.observed,
            "published": _published(section.table) if section.table else [],
            "measured": [_part(document, section) for document in documents],
        }
        for section in SECTIONS
    ]
    return render(request, "tables.html", {"sections": sections})


def _part(document: dict[str, Any], section: Section) -> dict[str, Any]:
    """Of a document, what belongs to a section."""
    claims = section.findings or ("\0",)
    searched = section.title == SEARCHES
    rows = [row for row in document["directions"] if row["claim"].startswith(claims)]
    return {
        "scale": document["scale"],
        "search_scale": document.get("search_scale", document["scale"]),
        "note": document.get("note", ""),
        "directions": rows if any(row["n"] for row in rows) else [],
        "missing": bool(rows) and not any(row["n"] for row in rows),
        "searches": document["searches"] if searched else [],
        "rankings": document["rankings"] if searched else [],
    }


def _preset(preset: Preset) -> dict[str, Any]:
    return {"key": preset.key, "title": preset.title, "paper": preset.paper}


def _published(table: Table) -> list[dict[str, str]]:
    """The poster's rows, with their columns side by side."""
    rows: dict[str, dict[str, str]] = {}
    for entry in PUBLISHED:
        if entry.table == table:
            row = rows.setdefault(entry.row, {"row": entry.row, "accuracy": "–", "spikes": "–", "rate": "–"})
            key = "rate" if entry.column == "firing rate" else entry.column
            row[key] = (
                "–" if entry.value is None else f"{entry.value:,.0f}" if key == "spikes" else f"{entry.value:.2f}"
            )
    return list(rows.values())


def _measured(name: str) -> dict[str, Any]:
    """The results measured here, as `python -m engine directions` printed them, with formatted numbers."""
    document: dict[str, Any] = json.loads((MEASURED / name).read_text())
    shown = [
        {**row, "paper": f"{row['paper']:.2f}", "here": _ratio(row["here"]), "interval": _interval(row)}
        for row in document["directions"]
    ]
    return {
        **document,
        "directions": shown,
        "searches": [_search(found) for found in document["searches"]],
        "rankings": [_ranking(found) for found in document["rankings"]],
    }


def _interval(row: dict[str, Any]) -> str:
    return "–" if row["low"] is None else f"{row['low']:.2f} to {row['high']:.2f}"


def _ranking(found: dict[str, Any]) -> dict[str, Any]:
    """What each λ chooses of a whole space, and its winners retrained; `fewer` compares the ends."""
    fewer = found["fewer_spikes"]
    return {
        "seed": found["seed"],
        "space": f"{found['space']:,}",
        "winners": [_winner(winner) for winner in found["winners"]],
        "fewer": None if fewer is None else {**fewer, "value": _ratio(fewer["value"]), "interval": _interval(fewer)},
    }


def _winner(found: dict[str, Any]) -> dict[str, str]:
    return {
        "lambda": _signed(found["lambda"]),
        "architecture": found["architecture"],
        "search_accuracy": f"{found['search_accuracy']:.1%}",
        "search_spikes": f"{found['search_spikes']:,.0f}",
        "n": str(found["n"]),
        "test_accuracy": _spread(found["test_accuracy"], found["accuracy_deviation"], ".1%"),
        "test_spikes": _spread(found["test_spikes"], found["spikes_deviation"], ",.0f"),
    }


def _spread(mean: float | None, deviation: float | None, shape: str) -> str:
    """Mean ± sample standard deviation; "not measured" where there is no training."""
    if mean is None:
        return "not measured"
    return f"{mean:{shape}}" if deviation is None else f"{mean:{shape}} ± {deviation:{shape}}"


def _search(found: dict[str, Any]) -> dict[str, str]:
    theirs = next((code for title, code in FOUND.items() if title.startswith(f"λ = {_signed(found['lambda'])}")), "–")
    return {
        "lambda": _signed(found["lambda"]),
        "paper": theirs,
        "architecture": found["architecture"],
        **{key: f"{found[key]:.1%}" for key in ("search_accuracy", "test_accuracy")},
        **{key: f"{found[key]:,.0f}" for key in ("search_spikes", "test_spikes")},
    }


def _signed(strength: float) -> str:
    return f"{strength:g}".replace("-", "−")


def _ratio(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}"
