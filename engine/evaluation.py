"""Accuracy and spikes of architectures on a fixed set of images; many at once as a tree of shared leading blocks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
import torch
from torch import Tensor

from engine.network import SpikingNetwork, Stage
from engine.space import Architecture
from engine.spikes import SpikeMap


@dataclass
class Tally:
    """Running totals of one architecture: correct answers and counted spikes [rows, T] over `samples` images."""

    correct: int = 0
    samples: int = 0
    spikes: SpikeMap = field(default_factory=lambda: np.zeros((0, 0), np.float32))

    def add(self, correct: int, samples: int, spikes: Tensor) -> None:
        counted = spikes.double().cpu().numpy()
        self.spikes = counted if self.samples == 0 else self.spikes + counted
        self.correct += correct
        self.samples += samples

    @property
    def accuracy(self) -> float:
        return self.correct / max(self.samples, 1)

    @property
    def spike_map(self) -> SpikeMap:
        """Average per sample, [rows, T]."""
        return (self.spikes / max(self.samples, 1)).astype(np.float32)

    @property
    def average_spikes(self) -> float:
        """N, spikes per sample: the sum of `spike_map`, so that a ledger read from the map sums to it exactly."""
        return float(self.spike_map.sum(dtype=np.float64))


@dataclass
class _Node:
    """A stage shared by every path below it."""

    stage: Stage
    children: dict[int, _Node] = field(default_factory=dict)
    ends: list[int] = field(default_factory=list)


class PrefixTree:
    """Paths of one network merged where they share leading stages, so that a shared stage runs once a batch."""

    def __init__(self, network: SpikingNetwork, architectures: Sequence[Architecture]) -> None:
        self.network = network
        self.roots: dict[int, _Node] = {}
        for index, architecture in enumerate(architectures):
            level, node = self.roots, None
            for stage in network.stages(architecture):
                node = level.setdefault(id(stage), _Node(stage))
                level = node.children
            if node is not None:
                node.ends.append(index)

    @torch.no_grad()
    def judge(self, images: Tensor, labels: Tensor, tallies: Sequence[Tally]) -> None:
        """Add one batch of normalised images [N, C, H, W] to the tallies, one per architecture."""
        self.network.eval()
        for node in self.roots.values():
            self._visit(node, self.network.as_frames(images), [], labels, tallies)

    def _visit(self, node: _Node, x: Tensor, counts: list[Tensor], labels: Tensor, tallies: Sequence[Tally]) -> None:
        x, counted = node.stage(x)
        counts = [*counts, counted]
        for index in node.ends:
            correct = int((self.network.rates(x).argmax(1) == labels).sum())
            tallies[index].add(correct, len(labels), torch.stack(counts))
        for child in node.children.values():
            self._visit(child, x, counts, labels, tallies)


def evaluate(network: SpikingNetwork, batches: Iterable[tuple[Tensor, Tensor]]) -> Tally:
    """A child network on batches of (normalised images, labels)."""
    tree, tally = PrefixTree(network, [network.only_architecture]), Tally()
    for images, labels in batches:
        tree.judge(images, labels, [tally])
    return tally
