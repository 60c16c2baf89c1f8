"""`evaluate`, `energy` and `show`: commands about a trained network; torch is loaded when it is read."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any, Literal

from engine.analysis.rounding import noted
from engine.cli.output import print_json
from engine.config.parse import parse_stored
from engine.cost.estimate import estimate
from engine.export.facts import package_warnings
from engine.metrics.energy import energy_model
from engine.space.architecture import Architecture, genome_strip
from engine.space.shapes import described, layer_specs

Split = Literal["train", "validation", "test"]


def evaluate(checkpoint: Path, split: Split, data: Path) -> None:
    from engine.export.reproduce import reproduce

    print_json(reproduce(checkpoint, data, split), indent=None)


def energy(
    checkpoint: Path,
    split: Split,
    data: Path,
    costs: str,
    mac_pj: float | None,
    ac_pj: float | None,
    source: str | None,
) -> None:
    model = energy_model(costs, mac_pj, ac_pj, source)
    from engine.export.measured_energy import account

    print_json(account(checkpoint, data, split, model))


def show(checkpoint: Path) -> None:
    from engine.export.package import load

    _, document = load(checkpoint)
    print_json(_described(document))


def _described(document: dict[str, Any]) -> dict[str, Any]:
    """A trained network's architecture, layers and results, from its document."""
    config = parse_stored(document["study"])
    architecture = Architecture.from_code(document["architecture"])
    layers = layer_specs(config.network.macro, architecture, config.input, config.neuron_parameters)
    return {
        "name": config.name,
        "architecture": architecture.code,
        "strip": genome_strip(config.network.macro, architecture),
        "blocks": list(architecture.blocks),
        "neuron": config.network.neuron.kind,
        "time_steps": config.network.time_steps,
        "input": [config.input.channels, config.input.height, config.input.width],
        "classes": config.input.classes,
        "parameters": sum(row.parameters for row in layers),
        "space_size": estimate(config).space_size,
        "layers": [described(row) for row in layers],
        **noted(config.network),
        "results": document["results"],
        "warnings": [asdict(one) for one in package_warnings(config, document["results"])],
    }
