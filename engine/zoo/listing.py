"""Description of a baseline as JSON values, layer by layer, at its default input."""

from __future__ import annotations

from typing import Any

from engine.space.shapes import described
from engine.zoo.plans import Plan
from engine.zoo.shapes import layer_specs


def describe_plan(plan: Plan) -> dict[str, Any]:
    """One entry of `python -m engine zoo`; `macs` and `neurons` are per sample and time step."""
    data, layers = plan.input, layer_specs(plan)
    return {
        "name": plan.name,
        "title": plan.title,
        "paper": plan.paper,
        "year": plan.year,
        "data": list(plan.data_sets),
        "event": plan.event,
        "channels": plan.channels,
        "threshold": plan.threshold,
        "input": [data.channels, data.height, data.width],
        "classes": data.classes,
        "parameters": sum(row.parameters for row in layers),
        "macs": sum(row.macs for row in layers),
        "neurons": sum(row.output_elements for row in layers),
        "notes": plan.notes,
        "layers": [described(row) for row in layers],
    }
