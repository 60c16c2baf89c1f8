"""Activity of the neurons of a network over a split: firing rates, dead and saturated neurons, spikes by class."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from engine.evaluation.tally import Tally
from engine.inspection.evaluation import numbers
from engine.inspection.probe import Probe
from engine.inspection.request import BINS, SATURATED, Request
from engine.inspection.source import Source
from engine.metrics.spike_map import encode_map
from engine.model.decision import predicted
from engine.model.evaluator import Emitted
from engine.space.architecture import Architecture
from engine.space.shapes import LayerSpec, layer_specs
from engine.training.trainer import evaluation_batches


@dataclass
class _LayerCount:
    """Running counts of one layer: spikes [T, classes], and spikes of each neuron, [neurons] a neuron layer."""

    by_class: NDArray[np.int64]
    fired: list[Tensor] = field(default_factory=list)

    def add(self, row: Emitted, labels: NDArray[np.int64]) -> None:
        """Add one batch of N samples with labels [N]."""
        self.fired = self.fired or [torch.zeros(layer[0, 0].numel(), dtype=torch.long) for layer in row.layers]
        for total, layer in zip(self.fired, row.layers, strict=True):
            total += layer.flatten(2).sum((0, 1)).cpu()
            np.add.at(self.by_class.T, labels, layer.flatten(2).sum(2).cpu().numpy().T)


def activity(source: Source, request: Request, architecture: Architecture) -> tuple[dict[str, Any], dict[str, Any]]:
    """The activity of each layer as JSON values, and the tensor `ledger` [layers, T, classes] of spike counts.

    The ledger sums to N · samples, where N is the average that an evaluation reports.
    """
    config, images = source.config, source.images(request.split)
    described = layer_specs(config.network.macro, architecture, config.input, config.neuron_parameters)
    steps, classes = config.network.time_steps, len(source.data.class_names)
    counts = [_LayerCount(np.zeros((steps, classes), np.int64)) for _ in described]
    tally = Tally()
    with source.network(request, architecture) as network:
        probe = Probe(network, architecture)
        for batch, labels in evaluation_batches(
            images, source.encoding(request), config.search.batch_size, source.device
        ):
            classes_of, counted, output = labels.cpu().numpy(), [], batch  # [N], list of [T]
            for count, row in zip(counts, probe.rows(batch), strict=True):
                count.add(row, classes_of)
                counted.append(row.counted)
                output = row.output
            correct = int((predicted(network.rates(output)) == labels).sum())
            tally.add(correct, len(labels), torch.stack(counted))
    ledger = np.stack([count.by_class for count in counts])  # [layers, T, classes]
    trials = tally.samples * steps
    return {
        **numbers(source, request, architecture, tally),
        "spike_map": encode_map(tally.spike_map),
        "total": int(ledger.sum()),
        "class_names": list(source.data.class_names),
        "class_samples": np.bincount(images.labels, minlength=classes).tolist(),
        "saturated_at": SATURATED,
        "rows": [_statistics(row, count, trials) for row, count in zip(described, counts, strict=True)],
    }, {"ledger": ledger.astype("<i4") if ledger.max(initial=0) < 2**31 else ledger}


def _statistics(row: LayerSpec, count: _LayerCount, trials: int) -> dict[str, Any]:
    """Statistics of the firing rates of one layer's neurons; `trials` are samples · T."""
    fired = torch.cat(count.fired).numpy() if count.fired else np.zeros(0, np.int64)  # [neurons]
    rates = fired / trials  # [neurons], 0…1
    spiking = rates[fired > 0]
    return {
        "name": row.name,
        "block": row.block,
        "neurons": len(fired),
        "dead": int((fired == 0).sum()),
        "saturated": int((rates >= SATURATED).sum()),
        "mean_rate": float(rates.mean()) if len(rates) else None,
        "highest_rate": float(rates.max()) if len(rates) else None,
        "histogram": np.bincount(_bins(spiking), minlength=BINS).tolist(),
    }


def _bins(rates: NDArray[np.float64]) -> NDArray[np.int64]:
    """The bin [n] of each firing rate [n] above 0: bin b holds b / BINS < rate ≤ (b + 1) / BINS."""
    found: NDArray[np.int64] = np.clip(np.ceil(rates * BINS).astype(np.int64) - 1, 0, BINS - 1)
    return found
