"""Batch norm for the C++ kernels: scale and shift of a batch, and the backward pass as a·g + b·x + d per channel."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

import torch
from torch import Tensor

from engine.backends.cpu.library import padded
from engine.model.blocks import BatchNorm


@dataclass(frozen=True)
class BatchStatistics:
    """Batch norm of one batch with its statistics, all [1 or T, C padded], one row for each frame."""

    norm: BatchNorm
    mean: Tensor
    deviation: Tensor
    """1 ÷ √(variance + ε); 0 in the padding channels."""
    samples: int
    """Number of values that each statistic is taken over."""
    shared: bool
    """Whether all frames share one set of statistics."""

    @property
    def scale(self) -> Tensor:
        """Factor [1 or T, C padded] of the normalised current."""
        return padded(self.norm.weight.detach().double()) * self.deviation

    @property
    def shift(self) -> Tensor:
        """Offset [1 or T, C padded]: scale·x + shift is the normalised current."""
        return padded(self.norm.bias.detach().double()) - self.mean * self.scale

    def backward(self, sums: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor, Tensor]:
        """a, b, d [T, C padded] of dL/dx = a·g + b·x + d, and the gradients of weight and bias [C].

        `sums` [T, 2, C padded] are those of g = dL/dX and of g·x̂, where x̂ is x before weight and bias.
        """
        total = sums.sum(0)  # [2, C padded]
        of_batch = total.expand_as(sums) if self.shared else sums
        of_g, of_g_hat = of_batch[:, 0] / self.samples, of_batch[:, 1] / self.samples
        a = self.scale
        b = -a * self.deviation * of_g_hat
        d = -a * of_g - b * self.mean
        channels = self.norm.num_features
        return a.float(), b.float(), d.float(), total[1, :channels].float(), total[0, :channels].float()


def batch_statistics(norm: BatchNorm, mean: Tensor, variance: Tensor, pixels: int) -> BatchStatistics:
    """Statistics of a batch from each frame's mean and variance [1 or T, C padded], each over `pixels` values.

    Updates the running statistics of `norm`.
    """
    variance = variance.clamp_min(0)  # E[x²] − E[x]² of a constant may round below 0
    frames = len(mean)
    shared = frames > 1 and not norm.per_step
    if shared:
        whole = mean.mean(0, keepdim=True)
        variance = (variance + (mean - whole) ** 2).mean(0, keepdim=True)
        mean, pixels = whole, pixels * frames
    _update_running(norm, mean, variance, pixels)
    deviation = (variance + norm.eps).rsqrt()
    deviation[:, norm.num_features :] = 0
    return BatchStatistics(
        norm, mean.expand(frames, -1).contiguous(), deviation.expand(frames, -1).contiguous(), pixels, shared
    )


def _update_running(norm: BatchNorm, mean: Tensor, variance: Tensor, pixels: int) -> None:
    """Update the running statistics with means and variances [1 or T, C padded], frame by frame in order.

    A network that runs step by step does the same. Where the momentum is None they become plain averages.
    """
    kept = 1.0
    shares: list[float] = []
    for _ in range(len(mean)):
        momentum = norm.momentum
        if momentum is None:
            norm.num_batches_tracked = cast(Tensor, norm.num_batches_tracked) + 1
            momentum = 1.0 / float(norm.num_batches_tracked)
        kept *= 1 - momentum
        shares = [share * (1 - momentum) for share in shares] + [momentum]
    weights = torch.tensor(shares, dtype=torch.float64)
    unbiased = variance * (pixels / max(pixels - 1, 1))
    for running, batch in ((norm.running_mean, mean), (norm.running_var, unbiased)):
        assert running is not None
        running.copy_(running.double() * kept + weights @ batch[:, : norm.num_features])
