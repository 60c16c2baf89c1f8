"""Evaluation of many paths of one network at once, as a tree in which shared leading stages run once a batch."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor

from engine.evaluation.prefix_cache import PrefixCache
from engine.evaluation.tally import Tally
from engine.model.decision import predicted
from engine.model.evaluator import StageEvaluator, TorchEvaluator
from engine.model.network import SpikingNetwork, Stage
from engine.space.architecture import Architecture


@dataclass
class _Node:
    """A stage shared by every path below it."""

    stage: Stage
    children: dict[int, _Node] = field(default_factory=dict)
    ends: list[int] = field(default_factory=list)


@dataclass
class _Found:
    """Results of one batch at the end of a path: correct answers [] and counts [layers, T], still on the device."""

    node: _Node
    correct: Tensor
    counts: Tensor


@dataclass
class _Batch:
    """One batch for all paths: labels [N], its number where spikes are cached, and what runs the stages."""

    labels: Tensor
    number: int | None
    evaluator: StageEvaluator
    found: list[_Found] = field(default_factory=list)


class EvaluationCache:
    """What evaluations of one network with fixed weights share: prepared stages, and spikes of earlier evaluations.

    `limit` bounds the bytes of spikes kept, a bit each: those behind a leading part of a path, for each of `batches`
    batches that come in the same order every time. What is kept saves time and changes no number.
    """

    def __init__(self, network: SpikingNetwork, limit: int = 0, batches: int = 1) -> None:
        self.evaluator = TorchEvaluator() if network.backend is None else network.backend.evaluator()
        self.prefixes = PrefixCache(limit, batches)


class PrefixTree:
    """Paths of one network, merged where they share leading stages.

    Results belong to the weights that the network had when `cache`, or else the tree, was made.
    """

    def __init__(
        self, network: SpikingNetwork, architectures: Sequence[Architecture], cache: EvaluationCache | None = None
    ) -> None:
        self.network, self.cache = network, cache or EvaluationCache(network)
        paths = [network.stages(architecture) for architecture in architectures]
        self.accelerated = network.backend is not None and all(map(self.cache.evaluator.takes, paths))
        self.roots: dict[int, _Node] = {}
        for index, path in enumerate(paths):
            self._add(index, path)

    def _add(self, index: int, path: Sequence[Stage]) -> None:
        level, node = self.roots, None
        for stage in path:
            node = level.setdefault(id(stage), _Node(stage))
            level = node.children
        if node is not None:
            node.ends.append(index)

    @torch.no_grad()
    def evaluate(self, images: Tensor, labels: Tensor, tallies: Sequence[Tally], batch: int | None = None) -> None:
        """Evaluate one batch on every path and add the results to `tallies`, one per architecture.

        `images` are encoded samples [N, C, H, W] or [N, T, C, H, W], `labels` [N]. `batch` is the batch's number where
        the same batches come again for other architectures; the prefix cache needs it.
        """
        self.network.eval()
        at_work = self._batch(labels, batch)
        frames = self.network.channels_last(images)  # [1 or T, N, C, H, W]
        for node in self.roots.values():
            self._visit(node, frames, (), [], at_work)
        if found := at_work.found:  # one transfer from the device for all architectures: [architectures, 1 + layers·T]
            numbers = torch.stack([torch.cat([each.correct.view(1), each.counts.flatten()]) for each in found]).cpu()
            for each, (correct, *_), counts in zip(found, numbers.tolist(), numbers[:, 1:], strict=True):
                for index in each.node.ends:
                    tallies[index].add(int(correct), len(labels), counts.view(each.counts.shape))

    def _batch(self, labels: Tensor, number: int | None) -> _Batch:
        """A batch with labels [N]; the back end runs it where it takes every path and no module has a hook.

        Else plain torch does, of which nothing is cached.
        """
        backend = self.network.backend
        if self.accelerated and backend is not None and backend.may_run(self.network):
            return _Batch(labels, number, self.cache.evaluator)
        return _Batch(labels, None, TorchEvaluator())

    def _visit(self, node: _Node, x: Any, path: tuple[int, ...], counts: list[Tensor], batch: _Batch) -> None:
        """Run a node on `x` and all below it; `counts` [T] each are those of the stages above."""
        path = (*path, id(node.stage))
        x, counted = self._run(node, x, path, batch)
        counts = [*counts, counted]
        if node.ends:
            rates = self.network.rates(batch.evaluator.outputs(x))  # [N, classes]
            correct = (predicted(rates) == batch.labels).sum()
            batch.found.append(_Found(node, correct.double(), torch.stack(counts).double()))
        for child in node.children.values():
            self._visit(child, x, path, counts, batch)

    def _run(self, node: _Node, x: Any, path: tuple[int, ...], batch: _Batch) -> tuple[Any, Tensor]:
        """The node's stage on `x`: what it hands on, and counts [T]."""
        if batch.number is None:
            return batch.evaluator.run(node.stage, x)
        known = self.cache.prefixes.find(path, batch.number)
        if known is not None:
            return known
        x, counted = batch.evaluator.run(node.stage, x)
        if node.children:
            self.cache.prefixes.keep(path, batch.number, (x, counted), batch.evaluator.bytes_of(x))
        return x, counted


def evaluate_batches(
    tree: PrefixTree, batches: Iterable[tuple[Tensor, Tensor]], tallies: Sequence[Tally], start: int = 0
) -> Iterator[int]:
    """Evaluate a split's batches from number `start` on every path of the tree; yields how many are done.

    A batch is encoded samples, [N, C, H, W] or [N, T, C, H, W], and labels [N].
    """
    for number, (images, labels) in enumerate(batches, start):
        tree.evaluate(images, labels, tallies, number)
        yield number + 1


def evaluate(
    network: SpikingNetwork, batches: Iterable[tuple[Tensor, Tensor]], architecture: Architecture | None = None
) -> Tally:
    """Results of one path, or of a network that holds but one, on all batches of images [N, …] and labels [N]."""
    tally = Tally()
    for _ in evaluate_batches(PrefixTree(network, [architecture or network.only_architecture]), batches, [tally]):
        pass
    return tally
