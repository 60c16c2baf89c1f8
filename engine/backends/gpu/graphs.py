"""Stages as CUDA graphs: a step of a small network is otherwise spent on launching its programs one by one.

A graph belongs to one stage and one shape of input, and is shared by all paths through the stage. It is trusted only
after it has given, on the batch at hand, what the stage gives without: the same spikes, counts, running statistics and
gradients, bit by bit, so that a study does not depend on which of its steps were graphs.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable

import torch
from torch import Tensor

from engine.backends.gpu.stage import FusedStage
from engine.model.blocks import Counted

log = logging.getLogger(__name__)
Run = Callable[[Tensor], Counted]
Graph = Callable[[FusedStage, Tensor], Run]
"""Makes a graph of a stage from an input of the shape it is for."""
Key = tuple[FusedStage, tuple[int, ...], bool]
AFTER = 2
"""Runs of a stage before it is worth a graph."""
FREE = 0.3
"""A graph keeps its arrays: none is made where less than this share of the GPU's memory is free."""


class StageGraphs:
    """The graphs of one network's stages in training. Only full batches get one: an epoch's last may be smaller."""

    def __init__(self, graph: Graph | None = None) -> None:
        self.graph = graph or cuda_graph
        self.seen: Counter[Key] = Counter()
        self.made: dict[Key, Run] = {}
        self.full = 0

    def run(self, stage: FusedStage, x: Tensor) -> Counted:
        """The stage on x [T or 1, N, C, H, W], by its graph where there is one."""
        key = (stage, tuple(x.shape), x.requires_grad)
        self.full = max(self.full, x.shape[1])
        self.seen[key] += 1
        if key not in self.made and self.seen[key] > AFTER and x.shape[1] == self.full:
            self.made[key] = self._trusted(stage, x) or stage
        return self.made.get(key, stage)(x)

    def _trusted(self, stage: FusedStage, x: Tensor) -> Run | None:
        """The stage's graph, where one can be made and agrees with the stage; the stage's statistics are left alone."""
        kept = [buffer.clone() for buffer in stage.buffers()]
        try:
            made = self.graph(stage.twin(), x)
            _restore(stage, kept)
            wrong = _disagreement(stage, made, x, kept)
        except RuntimeError as error:  # what CUDA and torch raise: out of memory, or a call that no graph can hold
            log.warning("a stage runs without a CUDA graph: %s", error)
            return None
        finally:
            _restore(stage, kept)
        if wrong:
            log.warning("a stage runs without a CUDA graph, whose %s differ", wrong)
            return None
        return made


def cuda_graph(stage: FusedStage, x: Tensor) -> Run:
    """Forward and backward of a stage as graphs. Raises RuntimeError where CUDA cannot make them."""
    free, total = torch.cuda.mem_get_info(x.device)
    if free < FREE * total:
        raise RuntimeError(f"{free / 1e9:.1f} of {total / 1e9:.1f} GB of the GPU's memory are free")
    sample = torch.zeros_like(x).requires_grad_(x.requires_grad)
    made: Run = torch.cuda.make_graphed_callables(stage, (sample,), allow_unused_input=True)  # type: ignore[assignment]
    return made


def _restore(stage: FusedStage, kept: list[Tensor]) -> None:
    for buffer, value in zip(stage.buffers(), kept, strict=True):
        buffer.copy_(value)


def _disagreement(stage: FusedStage, made: Run, x: Tensor, kept: list[Tensor]) -> str:
    """What differs between a graph and its stage on x; empty where nothing does."""
    spikes, counts, gradients, statistics = _observed(stage, made, x)
    _restore(stage, kept)
    expected, expected_counts, expected_gradients, expected_statistics = _observed(stage, stage, x)
    if not torch.equal(spikes, expected) or not torch.equal(counts, expected_counts):
        return "spikes"
    if not _same(statistics, expected_statistics):
        return "statistics"
    return "" if _same(gradients, expected_gradients) else "gradients"


def _same(ours: list[Tensor], own: list[Tensor]) -> bool:
    """As many, and bit by bit: a graph may also leave a gradient out."""
    return len(ours) == len(own) and all(map(torch.equal, ours, own))


def _observed(stage: FusedStage, run: Run, x: Tensor) -> tuple[Tensor, Tensor, list[Tensor], list[Tensor]]:
    """Spikes, counts, gradients of a loss on both, and the statistics that the run left."""
    with torch.enable_grad():
        given = x.detach().clone().requires_grad_(x.requires_grad)
        spikes, counts = run(given)
        slope = torch.linspace(-1, 1, spikes.numel(), device=x.device).view(spikes.shape)
        loss = (spikes.float() * slope).sum() + counts.sum()
        wanted = [given] * x.requires_grad + list(stage.parameters())
        gradients = torch.autograd.grad(loss, wanted, allow_unused=True)
    found = [gradient.float().clone() for gradient in gradients if gradient is not None]
    return spikes.detach().clone(), counts.detach().clone(), found, [buffer.clone() for buffer in stage.buffers()]
