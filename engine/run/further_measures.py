"""What an analysis measures of a trained network on request, beside accuracy and spikes on the test split."""

from __future__ import annotations

from collections.abc import Iterable

from engine.config.analysis import AnalysisConfig
from engine.data.load import Dataset
from engine.evaluation.prefix_tree import evaluate
from engine.evaluation.synops import SynapseProbe
from engine.model.network import SpikingNetwork
from engine.run.session import Session
from engine.training.trainer import Batch, evaluation_batches


def further_measures(
    session: Session, analysis: AnalysisConfig, network: SpikingNetwork, data: Dataset
) -> dict[str, float]:
    """Fields of TrainingFinished by name: the validation split's, and operations; empty where none is asked for."""
    size, found = network.config.search.batch_size, dict[str, float]()
    if analysis.train_on == "train":
        tally = evaluate(network, evaluation_batches(data.validation, data.encoding, size, session.device))
        found |= {"validation_accuracy": tally.accuracy, "validation_spikes": tally.average_spikes}
    if analysis.operations:
        found |= operations(network, evaluation_batches(data.test, data.encoding, size, session.device))
    return found


def operations(network: SpikingNetwork, batches: Iterable[Batch]) -> dict[str, float]:
    """Effective multiply-accumulates and accumulates per sample of these batches, summed over layers and time steps.

    Batches are encoded samples, [N, C, H, W] or [N, T, C, H, W], and labels [N]. Hooks count, so plain torch runs.
    """
    with SynapseProbe.of(network) as probe:
        evaluate(network, batches)
    counted = probe.operations(network.config.network.time_steps)
    return {
        "effective_macs": sum(sum(layer.effective_macs) for layer in counted),
        "effective_acs": sum(sum(layer.effective_acs) for layer in counted),
    }
