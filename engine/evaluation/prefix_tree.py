"""Evaluation of many paths of one network at once, as a tree in which shared leading stages run once a batch."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
import torch
from torch import Tensor

from engine.backends.cpu.evaluation import Spikes, fired
from engine.backends.cpu.forward import Evaluator, has_hooks, kernels_of
from engine.backends.cpu.prefix_cache import PrefixCache
from engine.backends.gpu.forward import Fused, fused_of
from engine.backends.plan import Steps
from engine.metrics.spike_map import SpikeMap
from engine.model.network import SpikingNetwork, Stage
from engine.space.architecture import Architecture


@dataclass
class Tally:
    """Running totals of one architecture over `samples` images: correct answers and counted spikes [layers, T]."""

    correct: int = 0
    samples: int = 0
    spikes: SpikeMap = field(default_factory=lambda: np.zeros((0, 0), np.float32))

    def add(self, correct: int, samples: int, spikes: Tensor) -> None:
        """Add one batch of `samples` images, of which `correct` were classified correctly, with counts [layers, T]."""
        counted = spikes.double().cpu().numpy()  # [layers, T]
        self.spikes = counted if self.samples == 0 else self.spikes + counted
        self.correct += correct
        self.samples += samples

    @property
    def accuracy(self) -> float:
        return self.correct / max(self.samples, 1)

    @property
    def spike_map(self) -> SpikeMap:
        """Average spikes per sample, [layers, T]."""
        return (self.spikes / max(self.samples, 1)).astype(np.float32)

    @property
    def average_spikes(self) -> float:
        """N, spikes per sample: the sum of `spike_map`, so that the energy ledger of that map sums to N exactly."""
        return float(self.spike_map.sum(dtype=np.float64))


@dataclass
class _Node:
    """A stage shared by every path below it; `steps` are what the CPU kernels run for it."""

    stage: Stage
    steps: Steps = ()
    children: dict[int, _Node] = field(default_factory=dict)
    ends: list[int] = field(default_factory=list)


@dataclass
class _Found:
    """Results of one batch at the end of a path: correct answers [] and counts [layers, T], still on the device."""

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
        self.memo = PrefixCache(memo, batches)


class PrefixTree:
    """Paths of one network, merged where they share leading stages.

    Results belong to the weights that the network had when `shared`, or else the tree, was made.
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
        """The CPU kernels' steps of every path; empty where one of them needs plain torch."""
        kernels = self.shared.kernels
        found = [kernels.plan(self.network, each) for each in architectures] if kernels is not None else []
        known = [plan for plan in found if plan is not None]
        return known if len(known) == len(architectures) else []

    @torch.no_grad()
    def evaluate(self, images: Tensor, labels: Tensor, tallies: Sequence[Tally], batch: int | None = None) -> None:
        """Evaluate one batch on every path and add the results to `tallies`, one per architecture.

        `images` are encoded samples [N, C, H, W] or [N, T, C, H, W], `labels` [N]. `batch` is the batch's number where
        the same batches come again for other architectures; the prefix cache needs it.
        """
        self.network.eval()
        hookless = not has_hooks(self.network)
        self.evaluator = self.shared.evaluator if self.compiled and hookless else None
        self.fused = self.shared.fused if self.on_gpu and hookless else None
        frames, found = self.network.channels_last(images), list[_Found]()  # [1 or T, N, C, H, W]
        for node in self.roots.values():
            self._visit(node, frames, (), [], labels, found, batch)
        if found:  # one transfer from the device for all architectures: [architectures, 1 + layers·T]
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
        """Run a node on x [T, N, C, H, W] and all below it; `counts` [T] each are those of the stages above."""
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
        """The node's stage on x [1 or T, N, C, H, W]: spikes [T, N, C, H, W] and their counts [T]."""
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
        """Firing rates [N, classes] of the output neurons' spikes [T, N, votes·classes]."""
        if isinstance(outputs, Spikes):
            assert self.evaluator is not None
            return self.network.rates(fired(self.evaluator.library, outputs))
        return self.network.rates(outputs)


def evaluate(network: SpikingNetwork, batches: Iterable[tuple[Tensor, Tensor]]) -> Tally:
    """Results of a child network on batches of encoded samples ([N, C, H, W] or [N, T, C, H, W]) and labels [N]."""
    tree, tally = PrefixTree(network, [network.only_architecture]), Tally()
    for images, labels in batches:
        tree.evaluate(images, labels, [tally])
    return tally
