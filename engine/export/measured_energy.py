"""Measured energy of a package's network: an evaluation in which every synaptic operation is counted."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

from engine.analysis.rounding import noted
from engine.backends.dispatch import place
from engine.config.parse import parse_stored
from engine.data.files.split_names import Split
from engine.evaluation.prefix_tree import evaluate
from engine.evaluation.synops import SynapseProbe, efficiency
from engine.export.evaluation_data import Asked, evaluation_data
from engine.export.package import open_package, with_kernels
from engine.metrics.energy import EnergyModel, ledger
from engine.metrics.energy_comparison import beside_ann
from engine.process.device import configure_device
from engine.space.architecture import Architecture
from engine.space.shapes import layer_specs
from engine.training.trainer import evaluation_batches


def account(
    checkpoint: Path,
    data_root: Path,
    model: EnergyModel,
    split: Split | None = None,
    samples: Path | None = None,
) -> dict[str, Any]:
    """The measured energy ledger as JSON values, with NeuroBench's metrics under NeuroBench's names.

    Raises CheckpointError and DataError.
    """
    package = open_package(checkpoint)
    network, document = package.network, package.document
    config = parse_stored(document["study"])
    device = configure_device(config.runtime)
    data = evaluation_data(package, Asked(data_root, samples, split))
    architecture = Architecture.from_code(document["architecture"])
    layers = layer_specs(config.network.macro, architecture, config.input, config.neuron_parameters)
    place(network, device, kernels=with_kernels(document))
    with SynapseProbe.of(network) as probe:
        tally = evaluate(network, evaluation_batches(data.images, data.encoding, config.search.batch_size, device))
    operations = probe.operations(config.network.time_steps)
    found = ledger(layers, tally.spike_map, operations, model, "measured")
    memory = beside_ann(config, architecture, tally.spike_map, probe.spikes)
    measures = efficiency(network, probe)
    return {
        "architecture": architecture.code,
        **data.facts(),
        "accuracy": tally.accuracy,
        "time_steps": config.network.time_steps,
        "neurobench": {
            "footprint": measures.footprint,
            "connection_sparsity": measures.connection_sparsity,
            "classification_accuracy": tally.accuracy,
            "activation_sparsity": measures.activation_sparsity,
            "synaptic_operations": {
                "Effective_MACs": found.effective_macs,
                "Effective_ACs": found.effective_acs,
                "Dense": found.dense,
            },
        },
        **asdict(found),
        "energy_model": model.model_dump(),
        **noted(config.network),
        "memory_inclusive": memory,
    }
