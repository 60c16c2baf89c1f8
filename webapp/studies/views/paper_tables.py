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
        ("table-base", "scaled-base"),
        ("global average pooling", "average-pool", "strided"),
        "After five epochs no layer behind the first average pool fires, nor behind the global one. So accuracy "
        "stays at chance (10%), and the few spikes all come before the pool. A pool's neuron reads a mean of spikes, "
        "at most 1. After t steps its potential is at most 1 − (1 − σ(w))ᵗ, below the threshold of 1 for every w: in "
        "exact arithmetic it never fires, however long it is trained. In float32 the potential of a patch that always "
        "fires rounds to 1 where (1 − σ(w))ᵗ ≤ 2⁻²⁵: within T = 8 from w = 2.04 on, within T = 4 from w = 4.32 on; in "
        "float64 from 4.67 and 9.36 on. Training starts from w = 0. So all spikes behind such a pool depend on the "
        "precision, where PLIF has the threshold 1. Strided blocks fire at a lower rate here (0.03 to 0.04) than the "
        "others (0.05).",
    ),
    Section(
        "blocks", TITLES["blocks"], "Inverted bottlenecks fire more than plain and residual blocks.",
        ("table-blocks", "scaled-blocks"), ("inverted",),
    ),
    Section(
        "regularisation", TITLES["regularisation"], "A penalty on spikes lowers them, and accuracy with them.",
        ("table-regularisation", "scaled-regularisation"), ("λ_reg",),
    ),
    Section(
        None, SEARCHES, "The more negative λ, the fewer spikes the architecture found fires.",
        ("lambda-0", "paper-cifar10", "lambda-0.16", "lambda-0.24", "scaled-lambda-0", "scaled-lambda-0.08",
         "scaled-lambda-0.16", "scaled-lambda-0.24"),
        observed="Each search evaluates 400 of 3,125 architectures. At λ = −0.16 the search never evaluated "
        "R5-R5-S-C5-C3, which has a higher fitness there than its winner. The four searches evaluated 952 "
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
    measured = _measured()
    sections = [
        {
            "title": section.title,
            "finding": section.finding,
            "presets": [_preset(PRESETS[key]) for key in section.presets],
            "observed": section.observed,
            "published": _published(section.table) if section.table else [],
            "directions": [
                row for row in measured["directions"] if row["claim"].startswith(section.findings or ("\0",))
            ],
            "searches": measured["searches"] if section.title == "Search under λ" else [],
        }
        for section in SECTIONS
    ]
    return render(request, "tables.html", {"sections": sections, "measured": measured})


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


def _measured() -> dict[str, Any]:
    """The results measured here, as `python -m engine directions` wrote them, with formatted ratios."""
    document: dict[str, Any] = json.loads((MEASURED / "directions.json").read_text())
    shown = [{**row, "paper": f"{row['paper']:.2f}", "here": _ratio(row["here"])} for row in document["directions"]]
    return {**document, "directions": shown, "searches": [_search(found) for found in document["searches"]]}


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
