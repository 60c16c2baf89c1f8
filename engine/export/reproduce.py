"""Evaluation of a package's network as in its study: the same batches and the same number of threads."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

from engine.analysis.rounding import noted
from engine.backends.dispatch import place
from engine.config.parse import parse_stored
from engine.data.files.split_names import Split
from engine.evaluation.prefix_tree import evaluate
from engine.export.evaluation_data import Asked, evaluation_data
from engine.export.facts import evaluation_warnings
from engine.export.package import open_package, with_kernels
from engine.process.device import configure_device
from engine.space.architecture import Architecture
from engine.space.shapes import layer_specs
from engine.training.trainer import evaluation_batches


def reproduce(
    checkpoint: Path, data_root: Path, split: Split | None = None, samples: Path | None = None
) -> dict[str, Any]:
    """Accuracy 0…1, spikes per sample, spikes by layer and number of samples, and what is known of the samples.

    Raises CheckpointError and DataError.
    """
    package = open_package(checkpoint)
    config = parse_stored(package.document["study"])
    device = configure_device(config.runtime)
    data = evaluation_data(package, Asked(data_root, samples, split))
    batches = evaluation_batches(data.images, data.encoding, config.search.batch_size, device)
    tally = evaluate(place(package.network, device, kernels=with_kernels(package.document)), batches)
    architecture = Architecture.from_code(package.document["architecture"])
    layers = layer_specs(config.network.macro, architecture, config.input, config.neuron_parameters)
    by_layer = tally.spike_map.astype("float64").sum(axis=1)
    found = {
        "accuracy": tally.accuracy,
        "spikes": tally.average_spikes,
        "spikes_by_layer": {row.name: float(n) for row, n in zip(layers, by_layer, strict=True)},
        "architecture": architecture.code,
        **data.facts(),
    }
    return {**found, **noted(config.network), "warnings": [asdict(one) for one in evaluation_warnings(config, found)]}
