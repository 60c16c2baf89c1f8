"""Stages as CUDA graphs: otherwise a small network spends its time launching kernels one by one.

A graph belongs to one stage and one input shape, and is shared by all paths through the stage. It is used only after it
gave, on the current batch, the same spikes, counts, running statistics and gradients as the stage without a graph, bit
by bit. So a study does not depend on which of its steps were graphs.
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
"""Runs of a stage before it gets a graph: a path that is drawn once is not worth one."""
FREE = 0.3
"""Least free share of the GPU's memory for a new graph, because a graph keeps its arrays."""


class StageGraphs:
    """The CUDA graphs of one network's stages in training. A smaller last batch of an epoch gets none."""

    def __init__(self, graph: Graph | None = None) -> None:
        self.graph = graph or cuda_graph
        self.seen: Counter[Key] = Counter()
        self.made: dict[Key, Run] = {}
        self.full = 0

    def run(self, stage: FusedStage, x: Tensor) -> Counted:
        """The stage on x [1 or T, N, C, H, W], by its graph where there is one: spikes [T, N, ...] and counts [T]."""
        key = (stage, tuple(x.shape), x.requires_grad)
        self.full = max(self.full, x.shape[1])
        self.seen[key] += 1
        if key not in self.made and self.seen[key] > AFTER and x.shape[1] == self.full:
            self.made[key] = self._trusted(stage, x) or stage
        return self.made.get(key, stage)(x)

    def _trusted(self, stage: FusedStage, x: Tensor) -> Run | None:
        """The graph of a stage for x [1 or T, N, C, H, W]; None where CUDA cannot make it or its results differ.

        The stage's running statistics stay as they were.
        """
        kept = [buffer.clone() for buffer in stage.buffers()]
        try:
            made = self.graph(stage.twin(), x)
            _restore(stage, kept)
            wrong = _disagreement(stage, made, x, kept)
        except RuntimeError as error:  # out of memory, or a call that CUDA cannot capture
            log.warning("a stage runs without a CUDA graph: %s", error)
            return None
        finally:
            _restore(stage, kept)
        if wrong:
            log.warning("a stage runs without a CUDA graph, whose %s differ", wrong)
            return None
        return made


def cuda_graph(stage: FusedStage, x: Tensor) -> Run:
    """Forward and backward pass of a stage as graphs for inputs like x [1 or T, N, C, H, W]. Raises RuntimeError."""
    free, total = torch.cuda.mem_get_info(x.device)
    if free < FREE * total:
        raise RuntimeError(f"{free / 1e9:.1f} of {total / 1e9:.1f} GB of the GPU's memory are free")
    sample = torch.zeros_like(x).requires_grad_(x.requires_grad)
    made: Run = torch.cuda.make_graphed_callables(stage, (sample,), allow_unused_input=True)  # type: ignore[assignment]
    return made


def _restore(stage: FusedStage, kept: list[Tensor]) -> None:
    """Set the stage's buffers to the values [...] that were kept."""
    for buffer, value in zip(stage.buffers(), kept, strict=True):
        buffer.copy_(value)


def _disagreement(stage: FusedStage, made: Run, x: Tensor, kept: list[Tensor]) -> str:
    """What differs between a graph and its stage on x [1 or T, N, C, H, W]; empty where nothing does."""
    spikes, counts, gradients, statistics = _observed(stage, made, x)
    _restore(stage, kept)
    expected, expected_counts, expected_gradients, expected_statistics = _observed(stage, stage, x)
    if not torch.equal(spikes, expected) or not torch.equal(counts, expected_counts):
        return "spikes"
    if not _same(statistics, expected_statistics):
        return "statistics"
    return "" if _same(gradients, expected_gradients) else "gradients"


def _same(ours: list[Tensor], own: list[Tensor]) -> bool:
    """Whether two lists of tensors [...] have equal length and bits: a graph may also leave out a gradient."""
    return len(ours) == len(own) and all(map(torch.equal, ours, own))


def _observed(stage: FusedStage, run: Run, x: Tensor) -> tuple[Tensor, Tensor, list[Tensor], list[Tensor]]:
    """Spikes [T, N, ...], counts [T], gradients of a loss on both, and the running statistics after the run."""
    with torch.enable_grad():
        given = x.detach().clone().requires_grad_(x.requires_grad)
        spikes, counts = run(given)
        slope = torch.linspace(-1, 1, spikes.numel(), device=x.device).view(spikes.shape)
        loss = (spikes.float() * slope).sum() + counts.sum()
        wanted = [given] * x.requires_grad + list(stage.parameters())
        gradients = torch.autograd.grad(loss, wanted, allow_unused=True)
    found = [gradient.float().clone() for gradient in gradients if gradient is not None]
    return spikes.detach().clone(), counts.detach().clone(), found, [buffer.clone() for buffer in stage.buffers()]
