"""The few test samples that lie in a package, and what its network answered and fired on them.

Plain torch evaluates them on a CPU, twice. Single precision is the network as it was trained. Double precision is what
every machine finds to the digit: single precision leaves it to the processor on which side of a threshold a potential
is rounded.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import dataclass
from math import prod
from typing import Any

import numpy as np
import torch
from torch import Tensor

from engine.data.batches.encoding import encode
from engine.data.images import Images
from engine.data.load import Dataset
from engine.data.preprocessing.coding import Encoding
from engine.data.splits import balanced_subset
from engine.errors import DataError
from engine.model.decision import predicted
from engine.model.network import SpikingNetwork
from engine.seeds import derive

MOST_SAMPLES = 32
MOST_BYTES = 4 << 20
"""Most bytes of the kept inputs: recordings of 128 × 128 pixels at T = 16 are 8 samples."""
SINGLE, DOUBLE = "float32", "float64"


@dataclass(frozen=True)
class Answers:
    """What a network answers on n samples: classes int64 [n], and spikes int64 [layers, T], summed over the samples."""

    predictions: Tensor
    counts: Tensor

    @property
    def spikes(self) -> float:
        """N, spikes per sample."""
        return int(self.counts.sum()) / len(self.predictions)

    def accuracy(self, labels: Tensor) -> float:
        """0…1, with labels [n]."""
        return int((self.predictions == labels).sum()) / len(labels)

    def spikes_by_layer(self, layers: tuple[str, ...]) -> dict[str, float]:
        """Spikes per sample of each layer; they add up to N."""
        sums: list[int] = self.counts.sum(1).tolist()
        return {name: count / len(self.predictions) for name, count in zip(layers, sums, strict=True)}


@dataclass(frozen=True)
class KeptSamples:
    """`inputs` as the data set has them: uint8 [n, C, H, W], or event frames [n, T, C, H, W] as uint8 or int16.

    `labels` are classes, int64 [n]; `layers` the names of the rows of counts. `single` and `double` are the answers in
    that precision.
    """

    inputs: Tensor
    labels: Tensor
    layers: tuple[str, ...]
    single: Answers
    double: Answers

    @property
    def predictions(self) -> Tensor:
        """Classes, int64 [n], in single precision."""
        return self.single.predictions

    @property
    def counts(self) -> Tensor:
        """Spikes, int64 [layers, T], summed over the samples, in single precision."""
        return self.single.counts

    @property
    def accuracy(self) -> float:
        """0…1, in single precision."""
        return self.single.accuracy(self.labels)

    @property
    def spikes(self) -> float:
        """N, spikes per sample, in single precision."""
        return self.single.spikes

    @property
    def spikes_by_layer(self) -> dict[str, float]:
        """Spikes per sample of each layer, in single precision."""
        return self.single.spikes_by_layer(self.layers)

    def tensors(self) -> dict[str, Tensor]:
        """As they lie in samples.safetensors: inputs, labels, and by precision predictions [n], spikes [layers, T]."""
        found = {"inputs": self.inputs, "labels": self.labels}
        for precision, answers in ((SINGLE, self.single), (DOUBLE, self.double)):
            found |= {f"{precision}/predictions": answers.predictions, f"{precision}/spikes": answers.counts}
        return found

    def document(self, encoding: Encoding, batch: int) -> dict[str, Any]:
        """The part of a package's document that tells of them; `batch` samples were evaluated at a time."""
        told = {"samples": len(self.labels), "batch": batch, "draws_seed": draws_seed(encoding)}
        return {**told, SINGLE: self._told(self.single), DOUBLE: self._told(self.double)}

    def _told(self, answers: Answers) -> dict[str, Any]:
        return {
            "accuracy": answers.accuracy(self.labels),
            "spikes": answers.spikes,
            "spikes_by_layer": answers.spikes_by_layer(self.layers),
        }


def draws_seed(encoding: Encoding) -> int:
    """The seed of rate coding's draws for the first batch of an evaluation."""
    return derive(encoding.seed, "encode/evaluation", 0)


def network_input(inputs: Tensor, encoding: Encoding) -> Tensor:
    """Stored samples, uint8 [n, C, H, W] or frames [n, T, C, H, W], as the network's input, float32 of that shape.

    Rate and latency coding give images a time axis, [n, T, C, H, W]. Rate coding draws as in the record.
    """
    return encode(inputs, encoding, torch.Generator().manual_seed(draws_seed(encoding)))


def batch_of(network: SpikingNetwork) -> int:
    """How many samples are evaluated at a time: in double precision they take less memory than a training step."""
    return max(1, min(MOST_SAMPLES, network.config.retrain.batch_size // 4))


def keep_samples(network: SpikingNetwork, data: Dataset) -> KeptSamples:
    """Some of the test split, the classes as even as they allow, and what the network does on them."""
    chosen = data.test.take(_chosen(data.test, network.config.seed))
    inputs, labels = (torch.from_numpy(np.ascontiguousarray(part)) for part in (chosen.images, chosen.labels))
    return answered(network, inputs, labels, data.encoding)


def answered(network: SpikingNetwork, inputs: Tensor, labels: Tensor, encoding: Encoding) -> KeptSamples:
    """Samples as the data set has them, [n, (T,) C, H, W] with labels [n], and what the network does on them."""
    rows = network.layer_specs(network.only_architecture)
    single = _in_plain_torch(network)
    encoded, batch = network_input(inputs, encoding), batch_of(network)
    found = [answers(single, encoded, batch), answers(single.double(), encoded.double(), batch)]
    return KeptSamples(inputs, labels, tuple(row.name for row in rows), *found)


def _in_plain_torch(network: SpikingNetwork) -> SpikingNetwork:
    """A copy on the CPU, in eval mode. A back end stays where it is: graphs and kernels cannot be copied."""
    attached, network.backend = network.backend, None
    try:
        return copy.deepcopy(network).cpu().float().eval()
    finally:
        network.backend = attached


def _chosen(test: Images, seed: int) -> np.ndarray:
    one = prod(test.images.shape[1:]) * test.images.itemsize
    count = max(1, min(MOST_SAMPLES, MOST_BYTES // one))
    return balanced_subset(test.labels, count, np.random.default_rng(derive(seed, "package/samples")))


@torch.no_grad()
def answers(network: SpikingNetwork, inputs: Tensor, batch: int) -> Answers:
    """Of encoded inputs [n, …], `batch` at a time, by plain torch: the network is in eval mode and of their type."""
    path, classes, counts = network.only_architecture, [], []
    for part in torch.split(inputs, batch):
        rates, counted = network.forward_in_torch(part, path)  # [n, classes], [layers, T]
        classes.append(predicted(rates))
        counts.append(counted.long())
    return Answers(torch.cat(classes), torch.stack(counts).sum(0))


def read_samples(tensors: Mapping[str, Tensor], layers: tuple[str, ...], shape: tuple[int, ...]) -> KeptSamples:
    """From samples.safetensors of a network with these layers, whose stored samples are `shape`, [(T,) C, H, W].

    Raises DataError where they are not whole, or those of another network.
    """
    count = len(_of(tensors, "labels", None, torch.int64))
    inputs = _of(tensors, "inputs", (count, *shape), torch.uint8, torch.int16)
    labels = _of(tensors, "labels", (max(count, 1),), torch.int64)
    single, double = (
        Answers(
            _of(tensors, f"{precision}/predictions", (count,), torch.int64),
            _of(tensors, f"{precision}/spikes", (len(layers), None), torch.int64),
        )
        for precision in (SINGLE, DOUBLE)
    )
    return KeptSamples(inputs, labels, layers, single, double)


def _of(tensors: Mapping[str, Tensor], name: str, shape: tuple[int | None, ...] | None, *dtypes: torch.dtype) -> Tensor:
    """One of them, in a shape in which None stands for any size; no shape: any with a first axis."""
    if name not in tensors:
        raise DataError(f"samples.safetensors lacks {name}")
    held = tensors[name]
    fits = (
        held.dim() > 0
        if shape is None
        else len(shape) == held.dim()
        and all(wanted in (None, size) for wanted, size in zip(shape, held.shape, strict=True))
    )
    if not fits or held.dtype not in dtypes:
        raise DataError(f"samples.safetensors: {name} does not fit the network: {held.dtype} {list(held.shape)}")
    return held
