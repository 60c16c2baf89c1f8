"""`evaluate`, `energy` and `show`: commands about a trained network; torch is loaded when it is read."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

from engine.analysis.rounding import noted
from engine.cli.output import print_json, tell
from engine.config.parse import parse_stored
from engine.cost.estimate import estimate
from engine.data.files.split_names import Split
from engine.export.facts import package_warnings
from engine.metrics.energy import energy_model
from engine.space.architecture import Architecture, genome_strip
from engine.space.shapes import described, layer_specs

DOUBTFUL = 3
"""Exit status of --strict where an accuracy is none on unseen samples, or may be one of another preprocessing."""


def evaluate(
    checkpoint: Path, split: Split | None, data: Path, samples: Path | None = None, strict: bool = False
) -> int:
    from engine.export.reproduce import reproduce

    found = reproduce(checkpoint, data, split, samples)
    print_json(found, indent=None)
    return _status(found, strict)


def energy(
    checkpoint: Path,
    split: Split | None,
    data: Path,
    costs: str,
    mac_pj: float | None,
    ac_pj: float | None,
    source: str | None,
    samples: Path | None = None,
    strict: bool = False,
) -> int:
    model = energy_model(costs, mac_pj, ac_pj, source)
    from engine.export.measured_energy import account

    found = account(checkpoint, data, model, split, samples)
    print_json(found, indent=None)
    return _status(found, strict)


def _status(found: dict[str, Any], strict: bool) -> int:
    """The exit status, once stderr has said what the samples were."""
    seen, total, came_from = found["seen_in_training"], found["samples"], found["preprocessing"]["from"]
    tell(f"evaluated {found['data']}")
    if came_from != "package":
        tell(f"warning: {NOT_KEPT[came_from]}")
    if seen is None:
        tell(f"warning: the package does not keep what it was trained on: of {total:,} samples it may have seen any")
    else:
        tell(f"{'warning: ' if seen else ''}{seen:,} of {total:,} were trained on")
    doubtful = seen != 0 or came_from == "estimated from other data"
    return DOUBTFUL if strict and doubtful else 0


NOT_KEPT = {
    "estimated from the same data": "the package, of an earlier version, does not keep its preprocessing: it is "
    "estimated from the training split that lies there, the one the network was trained on (its SHA-256 is the same)",
    "estimated from other data": "the package, of an earlier version, does not keep its preprocessing: mean and "
    "deviation are estimated from the training split that lies there, which is not the one the network was trained on; "
    "accuracy and spikes may be others with the right ones",
}


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
