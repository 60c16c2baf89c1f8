"""Trace of one sample through a network: its encoded input, every spike, and the class rates over time."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from engine.inspection.decision import decided_at, decisions, running_rates
from engine.inspection.probe import Probe
from engine.inspection.request import MAX_DATA_BYTES, Request
from engine.inspection.source import Source
from engine.space.architecture import Architecture
from engine.space.shapes import layer_specs
from engine.training.trainer import evaluation_batches

Tensors = dict[str, NDArray[Any]]


def sample(source: Source, request: Request, architecture: Architecture) -> tuple[dict[str, Any], Tensors]:
    """The trace as JSON values, and its tensors.

    The tensors are `input` [1 or T, C, H, W], `rates` [T, classes], and `spikes/i/k` [T, ⌈neurons / 8⌉], the packed
    spikes of neuron layer k of layer i. The sample runs in the batch in which an evaluation has it, so that every spike
    is the same.
    """
    size, config = source.config.search.batch_size, source.config
    batch, place = divmod(request.sample, size)
    images, labels = next(
        evaluation_batches(source.images(request.split), source.encoding(request), size, source.device, batch)
    )
    with source.network(request, architecture) as network:
        layers = [
            ([_packed(layer[:, place]) for layer in row.layers], row.output[:, place])
            for row in Probe(network, architecture).rows(images)
        ]
        frames = network.as_frames(images)[:, place].cpu().numpy()  # [1 or T, C, H, W]
    rates = running_rates(_votes(layers[-1][1], network.votes_per_class))  # [T, classes]
    described = layer_specs(config.network.macro, architecture, config.input, config.neuron_parameters)
    tensors: Tensors = {"input": frames.astype(np.float32), "rates": rates}
    kept = _fitting({f"spikes/{i}/{k}": p for i, (packed, _) in enumerate(layers) for k, (p, _) in enumerate(packed)})
    answers = decisions(rates)
    lines = [
        {
            "name": row.name,
            "block": row.block,
            "spikes": np.sum([_per_step(bits) for bits, _ in packed], axis=0).tolist() if packed else [0] * len(rates),
            "layers": [
                {"shape": shape, "tensor": f"spikes/{i}/{k}" if f"spikes/{i}/{k}" in kept else None}
                for k, (_, shape) in enumerate(packed)
            ],
        }
        for i, (row, (packed, _)) in enumerate(zip(described, layers, strict=True))
    ]
    return {
        "split": request.split,
        "weights": request.weights,
        "sample": request.sample,
        "samples": len(source.images(request.split).labels),
        "class_names": list(source.data.class_names),
        "label": int(labels[place]),
        "decisions": answers,
        "prediction": answers[-1],
        "decided_at": decided_at(answers),
        "spikes": int(sum(sum(line["spikes"]) for line in lines)),
        "encoding": source.data.encoding.coding,
        "rows": lines,
    }, tensors | kept


def _packed(fired: Tensor) -> tuple[NDArray[np.uint8], list[int]]:
    """Spikes [T, ...] of one sample as bits [T, ⌈neurons / 8⌉], the first neuron in the highest bit; and C, H, W."""
    shape = [*fired.shape[1:], 1, 1][:3]
    return np.packbits(fired.flatten(1).cpu().numpy(), axis=1), shape


def _per_step(bits: NDArray[np.uint8]) -> NDArray[np.int64]:
    """Packed spikes [T, bytes] → spikes by time step [T]."""
    found: NDArray[np.int64] = np.bitwise_count(bits).sum(axis=1, dtype=np.int64)
    return found


def _votes(output: Tensor, votes: int) -> NDArray[np.float32]:
    """Output spikes [T, classes·votes] → [T, classes, votes]."""
    found: NDArray[np.float32] = output.reshape(len(output), -1, votes).to(torch.float32).cpu().numpy()
    return found


def _fitting(packed: Tensors) -> Tensors:
    """The layers' packed spikes, each [T, bytes], that fit into MAX_DATA_BYTES, the smallest first."""
    kept: Tensors = {}
    left = MAX_DATA_BYTES
    for name, bits in sorted(packed.items(), key=lambda item: item[1].nbytes):
        left -= bits.nbytes
        if left >= 0:
            kept[name] = bits
    return kept
