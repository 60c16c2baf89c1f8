"""Evaluation of a package's network as in its study: the same batches and the same number of threads."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any, Literal

from engine.analysis.rounding import noted
from engine.backends.dispatch import place
from engine.config.parse import parse_stored
from engine.data.load import load
from engine.evaluation.prefix_tree import evaluate
from engine.export.facts import evaluation_warnings
from engine.export.package import load as load_package
from engine.export.package import with_kernels
from engine.process.device import configure_device
from engine.space.architecture import Architecture
from engine.space.shapes import layer_specs
from engine.training.trainer import evaluation_batches


def reproduce(checkpoint: Path, data_root: Path, split: Literal["train", "validation", "test"]) -> dict[str, Any]:
    """Accuracy 0…1, spikes per sample, spikes by layer and number of samples. Raises CheckpointError and DataError."""
    network, document = load_package(checkpoint)
    config = parse_stored(document["study"])
    device = configure_device(config.runtime)
    data = load(config, data_root)
    images = {"train": data.full_train, "validation": data.validation, "test": data.test}[split]
    batches = evaluation_batches(images, data, config.search.batch_size, device)
    tally = evaluate(place(network, device, kernels=with_kernels(document)), batches)
    architecture = Architecture.from_code(document["architecture"])
    layers = layer_specs(config.network.macro, architecture, config.input, config.neuron_parameters)
    by_layer = tally.spike_map.astype("float64").sum(axis=1)
    found = {
        "accuracy": tally.accuracy,
        "spikes": tally.average_spikes,
        "spikes_by_layer": {row.name: float(n) for row, n in zip(layers, by_layer, strict=True)},
        "samples": tally.samples,
        "split": split,
        "architecture": architecture.code,
        "same_data": data.digest == document["data_digest"],
    }
    return {**found, **noted(config.network), "warnings": [asdict(one) for one in evaluation_warnings(config, found)]}
