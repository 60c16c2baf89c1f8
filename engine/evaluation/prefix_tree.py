"""Accuracy and spikes of architectures on a fixed set of images; many at once as a tree of shared leading blocks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
import torch
from torch import Tensor

from engine.backends.cpu.evaluation import Spikes, fired
from engine.backends.cpu.forward import Evaluator, kernels_of, watched
from engine.backends.cpu.prefix_cache import PrefixMemo
from engine.backends.gpu.forward import Fused, fused_of
from engine.backends.plan import Steps
from engine.metrics.spike_map import SpikeMap
from engine.model.network import SpikingNetwork, Stage
from engine.space.architecture import Architecture


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
    """A stage shared by every path below it; `steps` is what it is to the kernels."""

    stage: Stage
    steps: Steps = ()
    children: dict[int, _Node] = field(default_factory=dict)
    ends: list[int] = field(default_factory=list)


@dataclass
class _Found:
    """What one batch gave at the end of a path: correct answers and counts [rows, T], still on the device."""

    node: _Node
    correct: Tensor
    counts: Tensor


class Shared:
    """What the evaluations of one network with fixed weights share: folded stages, and spikes judged before.

    `memo` bounds the bytes of spikes kept, a bit each: those behind a leading part of a path, for each of `batches`
    batches that come in the same order every time. What is kept saves time and changes no number.
    """

    def __init__(self, network: SpikingNetwork, memo: int = 0, batches: int = 1) -> None:
        self.kernels, self.fused = kernels_of(network), fused_of(network)
        self.evaluator = None if self.kernels is None else Evaluator(self.kernels.library)
        self.memo = PrefixMemo(memo, batches)


class PrefixTree:
    """Paths of one network merged where they share leading stages, so that a shared stage runs once a batch.

    Its numbers are those of the weights that the network had when `shared`, or the tree, was made.
    """

    def __init__(
        self, network: SpikingNetwork, architectures: Sequence[Architecture], shared: Shared | None = None
    ) -> None:
        self.network = network
        self.shared = shared or Shared(network)
        self.roots: dict[int, _Node] = {}
        plans = self._plans(architectures)
        self.evaluator: Evaluator | None = None
        self.compiled = bool(plans)
        self.fused: Fused | None = None
        self.on_gpu = self.shared.fused is not None and all(
            self.shared.fused.takes(network, each) for each in architectures
        )
        for index, architecture in enumerate(architectures):
            level, node = self.roots, None
            for place, stage in enumerate(network.stages(architecture)):
                node = level.setdefault(id(stage), _Node(stage, plans[index][place] if plans else ()))
                level = node.children
            if node is not None:
                node.ends.append(index)

    def _plans(self, architectures: Sequence[Architecture]) -> list[list[Steps]]:
        """Every path as the kernels run it; none where one of them has to run in plain torch."""
        kernels = self.shared.kernels
        found = [kernels.plan(self.network, each) for each in architectures] if kernels is not None else []
        known = [plan for plan in found if plan is not None]
        return known if len(known) == len(architectures) else []

    @torch.no_grad()
    def judge(self, images: Tensor, labels: Tensor, tallies: Sequence[Tally], batch: int | None = None) -> None:
        """Add one batch of normalised images [N, C, H, W] to the tallies, one per architecture.

        `batch` is its number, where the same batches are judged again and again.
        """
        self.network.eval()
        unwatched = not watched(self.network)
        self.evaluator = self.shared.evaluator if self.compiled and unwatched else None
        self.fused = self.shared.fused if self.on_gpu and unwatched else None
        frames, found = self.network.channels_last(images), list[_Found]()
        for node in self.roots.values():
            self._visit(node, frames, (), [], labels, found, batch)
        if found:  # read from the device once, not once an architecture
            numbers = torch.stack([torch.cat([each.correct.view(1), each.counts.flatten()]) for each in found]).cpu()
            for each, (correct, *_), counts in zip(found, numbers.tolist(), numbers[:, 1:], strict=True):
                for index in each.node.ends:
                    tallies[index].add(int(correct), len(labels), counts.view(each.counts.shape))

    def _visit(
        self,
        node: _Node,
        x: Tensor | Spikes,
        path: tuple[int, ...],
        counts: list[Tensor],
        labels: Tensor,
        found: list[_Found],
        batch: int | None,
    ) -> None:
        path = (*path, id(node.stage))
        x, counted = self._run(node, x, path, batch)
        counts = [*counts, counted]
        if node.ends:
            correct = (self._rates(x).argmax(1) == labels).sum()
            found.append(_Found(node, correct.double(), torch.stack(counts).double()))
        for child in node.children.values():
            self._visit(child, x, path, counts, labels, found, batch)

    def _run(
        self, node: _Node, x: Tensor | Spikes, path: tuple[int, ...], batch: int | None
    ) -> tuple[Tensor | Spikes, Tensor]:
        if self.evaluator is None:
            assert isinstance(x, Tensor)
            return node.stage(x) if self.fused is None else self.fused.run(node.stage, x)
        known = None if batch is None else self.shared.memo.find(path, batch)
        if known is not None:
            return known
        spikes, counted = self.evaluator.run(node.stage, node.steps, x)
        if batch is not None and node.children:
            self.shared.memo.keep(path, batch, spikes, counted)
        return spikes, counted

    def _rates(self, outputs: Tensor | Spikes) -> Tensor:
        if isinstance(outputs, Spikes):
            assert self.evaluator is not None
            return self.network.rates(fired(self.evaluator.library, outputs))
        return self.network.rates(outputs)


def evaluate(network: SpikingNetwork, batches: Iterable[tuple[Tensor, Tensor]]) -> Tally:
    """A child network on batches of (normalised images, labels)."""
    tree, tally = PrefixTree(network, [network.only_architecture]), Tally()
    for images, labels in batches:
        tree.judge(images, labels, [tally])
    return tally
