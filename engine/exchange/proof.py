"""An export run beside the network on the same samples, spike by spike."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import torch
from torch import Tensor

from engine.data.batches.encoding import encode
from engine.data.preprocessing.coding import Encoding
from engine.exchange.layers import Layers
from engine.exchange.reference import Ran, Reference
from engine.exchange.report import Report
from engine.exchange.samples import Inputs
from engine.exchange.written import Written
from engine.model.decision import predicted
from engine.model.network import SpikingNetwork

AT_ONCE = 16
"""Samples that are compared at a time: the spikes of every layer and time step are in memory."""
RATE_SEED = 0
"""Of the draws of rate coding; both programs get the same spikes."""


@dataclass
class Tally:
    """What two programs gave on the samples so far."""

    compared: int = 0
    flips: int = 0
    flipped_answers: int = 0
    correct: list[int] = field(default_factory=lambda: [0, 0])
    spikes: list[int] = field(default_factory=lambda: [0, 0])

    def add(self, ours: Ran, theirs: Ran, labels: Tensor | None) -> None:
        for mine, its in zip(ours.spikes, theirs.spikes, strict=True):
            its = its.reshape(mine.shape)
            self.compared += mine.numel()
            self.flips += int((mine != its).sum())
        answers = [predicted(ran.rates.double()) for ran in (ours, theirs)]
        self.flipped_answers += int((answers[0] != answers[1]).sum())
        for of, (answer, ran) in enumerate(zip(answers, (ours, theirs), strict=True)):
            self.spikes[of] += int(ran.counted.sum())
            self.correct[of] += 0 if labels is None else int((answer == labels).sum())


def prove(network: SpikingNetwork, layers: Layers, written: Written, inputs: Inputs, encoding: Encoding) -> Report:
    """The report of what was written. The samples are run in float32, and in float64 where the format can be.

    Where a format has two forms, accuracy and N are the first one's.
    """
    singles, _ = _compared(network, layers, written, inputs, encoding, torch.float32)
    doubles, margin = _compared(network, layers, written, inputs, encoding, torch.float64)
    first, samples = singles[0], len(inputs.images)
    accuracies = [None if inputs.labels is None else right / samples for right in first.correct]
    return Report(
        to=written.to,
        file=written.files[0],
        files=written.files,
        interpreter=written.interpreted_by,
        samples=samples,
        compared=sum(tally.compared for tally in singles),
        flips=sum(tally.flips for tally in singles),
        flipped_answers=sum(tally.flipped_answers for tally in (*singles, *doubles)),
        float64_flips=sum(tally.flips for tally in doubles) if doubles else None,
        smallest_margin=margin,
        accuracy=accuracies[1],
        spikes=first.spikes[1] / samples,
        expected_accuracy=accuracies[0],
        expected_spikes=first.spikes[0] / samples,
    )


def _compared(
    network: SpikingNetwork,
    layers: Layers,
    written: Written,
    inputs: Inputs,
    encoding: Encoding,
    dtype: torch.dtype,
) -> tuple[list[Tally], float]:
    """A tally for each interpreter in one precision, and the least margin of the network's potentials."""
    reference, interpreters = Reference(network, layers, dtype), written.interpreters(dtype)
    tallies = [Tally() for _ in interpreters]
    for images, labels in _batches(inputs, encoding):
        ours = reference.run(images.to(dtype))
        for interpreter, tally in zip(interpreters, tallies, strict=True):
            tally.add(ours, interpreter.run(images.to(dtype)), labels)
    return tallies, reference.margin


def _batches(inputs: Inputs, encoding: Encoding) -> Iterator[tuple[Tensor, Tensor | None]]:
    """The network's inputs [n, C, H, W] or [n, T, C, H, W] and labels [n], a batch at a time."""
    generator = torch.Generator().manual_seed(RATE_SEED)
    for start in range(0, len(inputs.images), AT_ONCE):
        part = slice(start, start + AT_ONCE)
        labels = None if inputs.labels is None else torch.from_numpy(inputs.labels[part])
        yield encode(torch.from_numpy(inputs.images[part]), encoding, generator), labels
