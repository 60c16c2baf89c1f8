"""Evaluation of any architecture of a study as its search does it: same batches, weights and statistics."""

from __future__ import annotations

from typing import Any

from engine.config.objectives import Measured
from engine.evaluation.prefix_tree import evaluate
from engine.evaluation.tally import Tally
from engine.inspection.request import Request
from engine.inspection.source import Source
from engine.metrics.fitness import fitness_of
from engine.metrics.spike_map import encode_map, firing_rate
from engine.space.architecture import Architecture
from engine.space.shapes import layer_specs
from engine.training.trainer import evaluation_batches


def evaluation(source: Source, request: Request, architecture: Architecture) -> dict[str, Any]:
    """Accuracy, spikes, fitness and spike map [layers, T] (base64) over a split; no fitness for retrained weights."""
    images, size = source.images(request.split), source.config.search.batch_size
    with source.network(request, architecture) as network:
        tally = evaluate(
            network, evaluation_batches(images, source.encoding(request), size, source.device), architecture
        )
    return {**numbers(source, request, architecture, tally), "spike_map": encode_map(tally.spike_map)}


def numbers(source: Source, request: Request, architecture: Architecture, tally: Tally) -> dict[str, Any]:
    """The results of an evaluation, from its totals, as JSON values."""
    config, state = source.config, source.state
    layers = layer_specs(config.network.macro, architecture, config.input, config.neuron_parameters)
    spikes, parameters = tally.average_spikes, sum(row.parameters for row in layers)
    rate = firing_rate(spikes, layers, config.network.time_steps)
    value = None
    if request.weights == "supernet" and request.split == "validation" and state is not None:
        strength = config.search.fitness_lambda
        measured = Measured(tally.accuracy, spikes, state.average_spikes, strength, parameters, rate)
        value = fitness_of(config.search, measured)
    return {
        "accuracy": tally.accuracy,
        "spikes": spikes,
        "firing_rate": rate,
        "fitness": value,
        "parameters": parameters,
        "samples": tally.samples,
        "split": request.split,
        "weights": request.weights,
    }
