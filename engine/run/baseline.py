"""Train a baseline from scratch by a study's retrain recipe and evaluate it on the test set, as the winner is."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from engine.backends.dispatch import place
from engine.config.study import StudyConfig
from engine.data.load import load
from engine.evaluation.prefix_tree import evaluate
from engine.evaluation.tally import Tally
from engine.metrics.spike_map import firing_rate
from engine.model.network import parameter_count
from engine.model.zoo_network import ZooNetwork, build
from engine.process.device import configure_device
from engine.seeds import derive
from engine.training.totals import Totals
from engine.training.trainer import Trainer, evaluation_batches, no_path
from engine.zoo.plans import Plan

Report = Callable[[str], None]
"""Takes one line of progress."""


def retrain(plan: Plan, config: StudyConfig, data_root: Path, channels: int | None, report: Report) -> dict[str, Any]:
    """Accuracy and spikes of a baseline after the last epoch, with what they depend on: split, epochs, seed, C.

    Data, neuron, time steps and recipe are the study's; a plan that names a threshold brings it along.
    Raises DataError, ShapeError, ConfigError and DivergedError.
    """
    config = with_threshold(plan, config)
    data, device = load(config, data_root), configure_device(config.runtime)
    network = place(build(plan, config, derive(config.seed, f"zoo/{plan.name}"), channels=channels), device)
    trainer = Trainer(network, data.full_train, data, config.retrain, purpose="retrain")
    for epoch in range(config.retrain.epochs):
        totals = Totals()
        for _ in trainer.epoch(epoch, 0, totals, no_path):
            pass
        loss, accuracy, spikes = totals.means
        report(f"epoch {epoch + 1}: loss {loss:.4f}, accuracy {accuracy:.1%}, {spikes:,.0f} spikes")
    tally = evaluate(network, evaluation_batches(data.test, data.encoding, config.search.batch_size, device))
    return _summary(network, tally)


def _summary(network: ZooNetwork, tally: Tally) -> dict[str, Any]:
    config, rows = network.config, network.layer_specs()
    by_layer = tally.spike_map.astype("float64").sum(axis=1)
    return {
        "name": network.plan.name,
        "channels": network.channels,
        "parameters": parameter_count(network),
        "accuracy": tally.accuracy,
        "spikes": tally.average_spikes,
        "firing_rate": firing_rate(tally.average_spikes, rows, config.network.time_steps),
        "spikes_by_layer": {row.name: float(n) for row, n in zip(rows, by_layer, strict=True)},
        "samples": tally.samples,
        "split": "test, last epoch",
        "epochs": config.retrain.epochs,
        "seed": config.seed,
    }


def with_threshold(plan: Plan, config: StudyConfig) -> StudyConfig:
    """The study with the plan's firing threshold, where it names one."""
    if plan.threshold is None:
        return config
    neuron = config.network.neuron.model_copy(update={"threshold": plan.threshold})
    return config.model_copy(update={"network": config.network.model_copy(update={"neuron": neuron})})
